import hashlib

from pratique.wire.mls import interim_transcript_hash, next_confirmed_transcript_hash, parse_commit
from pratique.wire.mls.transcript import confirmed_transcript_hash
from pratique.wire.tls import Reader, Writer
from tests.wire.mls import making, vectors
from tests.wire.mls.making import Signer

SIGNATURE_AND_TAG_BYTES = 2 + 64 + 1 + 32


def test_official_transcript_hashes() -> None:
    (vector,) = vectors.suite_1("test-vectors/transcript-hashes.json")
    authenticated = bytes.fromhex(vector["authenticated_content"])
    assert authenticated[:2] == b"\x00\x01"
    content, tail = authenticated[2:-SIGNATURE_AND_TAG_BYTES], Reader(authenticated[-SIGNATURE_AND_TAG_BYTES:])
    signature, tag = tail.opaque(), tail.opaque()
    confirmed = confirmed_transcript_hash(bytes.fromhex(vector["interim_transcript_hash_before"]), content, signature)
    assert confirmed.hex() == vector["confirmed_transcript_hash_after"]
    assert interim_transcript_hash(confirmed, tag).hex() == vector["interim_transcript_hash_after"]


def test_a_commit_is_hashed_as_it_was_sent() -> None:
    signer = Signer()
    message = signer.commit(making.vector(), signer.path())
    commit = parse_commit(message)
    sent = message[2 : -2 * 33]
    assert next_confirmed_transcript_hash(commit, b"before") == hashlib.sha256(b"before" + sent).digest()
    expected = hashlib.sha256(Writer().raw(b"confirmed").opaque(commit.confirmation_tag).getvalue()).digest()
    assert interim_transcript_hash(b"confirmed", commit.confirmation_tag) == expected
