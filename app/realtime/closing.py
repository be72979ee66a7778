"""List the close codes of a stream: 1000–1015 and 40xx say come back, 44xx say do not."""

from enum import IntEnum


class Close(IntEnum):
    """Why the server ended a stream."""

    RESTART = 1012  # the server stops; come back
    TRY_LATER = 1013  # nothing was read for too long, or the database did not answer; come back from the cursor
    TOKEN_EXPIRED = 4002  # the session behind the ticket ended; sign in and come back
    PROTOCOL_ERROR = 4400  # a frame was not one of the three kinds
    TICKET_REFUSED = 4401  # no ticket within 5 s, or not a good one
    DEVICE_REVOKED = 4403
    LOG_GONE = 4404  # the only log of this stream is not, or no longer, the device's to read
