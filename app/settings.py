"""Every setting of the server, with unit, default and reason; read once from the environment, passed down.

`docs/settings.md` is generated from this file.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator decides; each name is an environment variable with the prefix PRATIQUE_."""

    model_config = SettingsConfigDict(env_prefix="PRATIQUE_", frozen=True, extra="ignore", env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; bound before anything else starts.")
    database_url: str = Field(
        "sqlite+aiosqlite:///var/pratique.sqlite3",
        description="`sqlite+aiosqlite:///<file>` for one process, `postgresql+psycopg://…` for several.",
    )
    root_certificate: Path = Field(
        Path("var/root.der"),
        description="The deployment root's certificate (DER). It names the deployment; its key is never here.",
    )
    token_key: Path = Field(
        Path("var/token-key.pem"),
        description="ES256 key that signs access tokens (PEM, mode 0600); made when missing. Processes share it.",
    )
    pages: Path = Field(
        Path("pages"),
        description="Folder of the built web client, seen from that of `app`; without a build there is only the API.",
    )
    release_statement: Path = Field(
        Path("var/release.statement"),
        description="The root's signed statement about that build; enrolled browsers take no other build.",
    )
    hosts: str = Field(
        "127.0.0.1,localhost,[::1]",
        description="Host names this server answers for, without port, separated by commas.",
    )
    origins: str = Field(
        "", description="Origins whose pages may open the stream beside the server's own, separated by commas."
    )
    trusted_proxies: str = Field(
        "", description="Addresses whose X-Forwarded-For and -Proto are believed, separated by commas; empty: none."
    )
    requests_per_minute: int = Field(
        1200, ge=0, description="Requests of one device per minute and process; 0 switches the limit off."
    )
    anonymous_per_minute: int = Field(
        300, ge=0, description="Requests without a token from one address per minute and process; 0: no limit."
    )
    token_s: int = Field(600, ge=10, le=600, description="Life of an access token, in seconds.")
    blob_bytes_per_party: int = Field(
        5 << 30, ge=0, description="What the sealed documents and photos of one party may weigh together, in bytes."
    )
    poll_s: float = Field(
        4.0, gt=0, le=60, description="How often a waiting stream looks by itself, in seconds: a lost wake-up's price."
    )
    slow_reader_s: float = Field(
        20.0, gt=0, le=120, description="How long a stream may take nothing before it is cut off, in seconds."
    )
    graceful_s: int = Field(20, ge=0, le=300, description="How long a stopping server waits for requests, in seconds.")
    push_key: str = Field(
        "",
        description="ES256 key by which push services know this server (PEM, mode 0600); made when missing. Empty: "
        "`push-key.pem` beside the token key. Processes share it; with another one every browser subscribes anew.",
    )
    push_hosts: str = Field(
        "fcm.googleapis.com,jmt17.google.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
        description="Push services that this server calls, separated by commas; `none` switches pushes off. "
        "`127.0.0.1:<port>` is one on this machine, without encryption.",
    )
    push_contact: str = Field(
        "", description="`mailto:` or `https:` URL by which a push service finds you; empty: the deployment's name."
    )
    smtp_url: str = Field(
        "",
        description="Mail server for devices that stay away, `smtps://user:password@host:465` or `smtp://…:587` "
        "(STARTTLS, but on this machine); empty: no mail is sent.",
    )
    mail_from: str = Field("", description="Address that those mails come from; needed with a mail server.")
    mail_after_s: int = Field(
        300, ge=10, le=86_400, description="How long a device may stay away until a mail is sent, in seconds."
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least level that is logged.")

    def pages_folder(self) -> Path:
        """Give the folder of the built web client."""
        return Path(__file__).parent / self.pages

    def push_key_file(self) -> Path:
        """Give the file of the key that push services know."""
        return Path(self.push_key) if self.push_key else self.token_key.with_name("push-key.pem")

    def push_host_names(self) -> frozenset[str]:
        """Give the hosts of push services, lower case."""
        return _words(self.push_hosts)

    def host_names(self) -> frozenset[str]:
        """Give the allowed Host names, lower case."""
        return _words(self.hosts)

    def origin_names(self) -> frozenset[str]:
        """Give the allowed foreign origins, lower case."""
        return _words(self.origins)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())
