# The relay of relay-bench as an image; `relay-bench stack compose` writes a Compose file that builds it. The context is
# the directory of the installed package (with `dist/`).
FROM node:22.14.0-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json* ./
# No scripts: nothing that the relay needs is compiled, and the sources are not here.
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund
COPY dist ./dist
USER node
ENTRYPOINT ["node", "dist/relay/main.js"]
