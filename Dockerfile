FROM node:22-slim AS dependencies
WORKDIR /takt
COPY . .
RUN npm ci --omit=dev --workspace=@takt/cli --include-workspace-root --no-audit --no-fund

FROM node:22-slim
WORKDIR /takt
COPY --from=dependencies /takt/package.json /takt/tsconfig.json ./
COPY --from=dependencies /takt/node_modules node_modules
COPY --from=dependencies /takt/packages packages
COPY --from=dependencies /takt/connectors connectors
COPY --from=dependencies /takt/subgraphs subgraphs
COPY --from=dependencies /takt/gateway gateway
COPY --from=dependencies /takt/demo demo
COPY --from=dependencies /takt/cli cli
COPY --from=dependencies /takt/schema schema
RUN mkdir /data && chown node:node /data
ENV HOST=0.0.0.0 PORT=4000 TAKT_DATA_DIR=/data
USER node
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=3s --retries=12 --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "cli/src/main.ts", "start"]
