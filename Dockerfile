# The server. The member side (SDK, command line) runs at the Members and is not in this image.
FROM node:20-bookworm-slim AS engine
WORKDIR /build/engine
COPY engine/ ./
RUN npm ci --no-audit --no-fund
# The build checks its own bytes against the hash pinned beside the bundle.
COPY pratique/groups/ /build/pratique/groups/
RUN npm run build

FROM engine AS pages
COPY web/ /build/web/
COPY templates/ /build/templates/
WORKDIR /build/web
RUN npm ci --no-audit --no-fund && npm run build

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /build
COPY requirements/ requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/build.txt \
    && python -m venv /opt/pratique \
    && /opt/pratique/bin/pip install --no-cache-dir --require-hashes -r requirements/server.txt
COPY pyproject.toml README.md LICENSE ./
COPY app/ app/
COPY pratique/ pratique/
COPY templates/ templates/
COPY --from=pages /build/app/pages app/pages/
COPY --from=engine /build/pratique/groups/engine.js pratique/groups/
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation -w dist . \
    && /opt/pratique/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/pratique --shell /usr/sbin/nologin pratique \
    && install -d -o pratique -g pratique -m 0700 /var/lib/pratique
COPY --from=wheel /opt/pratique /opt/pratique
WORKDIR /srv/pratique
COPY alembic.ini ./
COPY migrations/ migrations/
ENV PATH=/opt/pratique/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    PRATIQUE_HOST=0.0.0.0 \
    PRATIQUE_DATABASE_URL=sqlite+aiosqlite:////var/lib/pratique/pratique.sqlite3 \
    PRATIQUE_ROOT_CERTIFICATE=/var/lib/pratique/root.der \
    PRATIQUE_TOKEN_KEY=/var/lib/pratique/token-key.pem \
    PRATIQUE_RELEASE_STATEMENT=/var/lib/pratique/release.statement
USER 10001
# The only place the server writes to: the rest of the file system may be read-only. Bring root.der here, and
# release.statement, the root's signature of app/pages/release.json (docs/web.md); run `alembic upgrade head` before the
# first start and after every upgrade.
VOLUME /var/lib/pratique
EXPOSE 8000
# PRATIQUE_HOSTS must keep 127.0.0.1 for this to pass.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD ["python", "-c", \
    "import sys, urllib.request as r; sys.exit(r.urlopen('http://127.0.0.1:8000/healthz', timeout=2).status != 200)"]
CMD ["python", "-m", "app"]
