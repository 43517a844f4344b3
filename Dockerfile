# The image of web, worker and beat (docker-compose.yml says which is which). Later stages change more often.

FROM debian:12-slim AS base
# A mirror of Debian, as http://mirror.example.org; the same for PyPI is PIP_INDEX_URL below.
ARG DEBIAN_MIRROR=http://deb.debian.org
# Unpinned: Debian 12 itself is the pin, its mirrors keep only the newest security fix, and that is the one we want.
# hadolint ignore=DL3008
RUN sed -i "s|http://deb.debian.org|$DEBIAN_MIRROR|" /etc/apt/sources.list.d/debian.sources \
    && apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 python3 tzdata \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/portal --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal --mode 0700 /var/lib/portal

FROM base AS packages
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt /build/
ARG PIP_INDEX_URL
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r /build/requirements.txt \
    && /opt/venv/bin/pip uninstall --yes setuptools pip

FROM base AS fonts
COPY congress_portal/__init__.py /build/congress_portal/
COPY congress_portal/machine/__init__.py congress_portal/machine/apt.py congress_portal/machine/console.py \
    congress_portal/machine/places.py congress_portal/machine/printing.py /build/congress_portal/machine/
WORKDIR /build
RUN FONT_DIR=/opt/fonts REQUIRE_PDF=True python3 -m congress_portal.machine.printing

FROM base
COPY --from=packages /opt/venv /opt/venv
COPY --from=fonts /opt/fonts /opt/fonts
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/portal \
    STATIC_ROOT=/opt/static \
    FONT_DIR=/opt/fonts \
    REQUIRE_PDF=True \
    PORT=8000 \
    WEB_CONCURRENCY=2
WORKDIR /opt/portal
# Readable whatever umask the checkout was made under.
COPY --chmod=0755 . .
# An image that could not print is not built: `check` says so. Secret and folder are of this line only.
RUN export SECRET_KEY=only-while-building VAR_DIR=/build \
    && python -m compileall -q congress_portal deputies suggestions \
    && python manage.py check \
    && python manage.py collectstatic --noinput --verbosity 0 \
    && rm -r /build
USER 10001:10001
EXPOSE 8000
# gunicorn listens on $PORT, with $WEB_CONCURRENCY processes.
CMD ["gunicorn", "congress_portal.wsgi:application", "--worker-class", "gthread", "--threads", "4", \
    "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-m", "congress_portal.machine.health"]
