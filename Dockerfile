FROM node:22-slim
WORKDIR /takt
COPY --chown=node:node . .
RUN npm ci --omit=dev --no-audit --no-fund && mkdir /data && chown node:node /data
USER node
CMD ["node_modules/.bin/tsx", "cli/src/main.ts", "start"]
