# Builds the checkout and runs the broker as an unprivileged user. See docker-compose.yml.
FROM node:24-bookworm-slim AS build
WORKDIR /writ
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY tools ./tools
COPY packages ./packages
COPY apps ./apps
COPY tsconfig.base.json tsconfig.build.json ./
COPY drizzle ./drizzle
RUN node tools/run.mjs build

FROM node:24-bookworm-slim
WORKDIR /writ
RUN useradd --system --uid 10001 --home-dir /var/lib/writ --create-home writ \
  && install -d -o writ -g writ -m 700 /var/lib/writ/config /var/lib/writ/data
COPY --from=build --chown=root:root /writ ./
USER writ
ENV NODE_ENV=production \
  WRIT_HOST=0.0.0.0 \
  WRIT_DATA_DIR=/var/lib/writ/data \
  WRIT_KEY_FILE=/var/lib/writ/config/key
EXPOSE 8700
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8700/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "apps/server/dist/writ-server.js"]
