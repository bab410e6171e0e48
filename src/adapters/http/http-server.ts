import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { DEFAULT_APP } from '../../domain/ids';
import type { CallCenter } from '../../ports/call-center';
import type { ExpressionParser, XmlParser } from '../../ports/parsing';
import type { Sounds } from '../../ports/sounds';
import type { Metrics, MetricsPage } from '../../ports/metrics';
import type { Clock, Logger } from '../../ports/system';
import { authenticate } from './authentication';
import { Connections } from './connections';
import { answerErrors } from './envelope';
import { tooManyHeaders, unmetExpectation } from './http-problem';
import { HTTP_LIMITS, type HttpSettings } from './http-settings';
import { localTimeIn } from './local-time';
import { isLoopback } from './networks';
import { answerUnrouted, bodyLimitsOf, operationRouters, routed } from './operation-router';
import { operationsOn } from './operations';
import { RateLimits } from './rate-limits';
import { ignoreBody } from './request-body';
import { recordRequests } from './request-log';
import type { HttpMiddleware, RequestState } from './request-state';
import { documentRouter } from './routes/document-routes';
import { eventStreams, type EventStreams } from './routes/event-stream-routes';
import { statusRouter } from './routes/status-routes';

/** Of a request without its body, the path included. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Well below what Node reads: the others it would drop, and say nothing. */
const MAX_HEADERS = 100;

type HttpServer = {
  readonly port: number;
  /** Takes no more requests, lets those under way end for a while, then cuts what is left. May be repeated. */
  close(): Promise<void>;
};

/** What it needs of the rest of the service. */
export type HttpSurroundings = {
  readonly callCenter: CallCenter;
  readonly sounds: Sounds;
  readonly parseXml: XmlParser;
  readonly parseExpression: ExpressionParser;
  readonly metrics: MetricsPage & Pick<Metrics, 'answered' | 'requestLimited'>;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now'>;
};

/**
 * Listens until it is closed. Resolves once it does.
 * @throws Error for settings that do not go together, a time zone that does not exist, or an address that cannot be had.
 */
export async function startHttpServer(
  settings: HttpSettings,
  surroundings: HttpSurroundings,
): Promise<HttpServer> {
  expectSafe(settings);
  const limits = { ...HTTP_LIMITS, ...settings.limits };
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const connections = new Connections(server, surroundings.logger);
  const streams = eventStreams(surroundings.callCenter, surroundings.logger);
  const app = application(settings, surroundings, connections, streams, refuseExpectations(server));
  const handle = app.callback();
  server.on('request', (request, response) => void handle(request, response));

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      streams.end();
      return connections.close(limits.closingMs);
    },
  };
}

function application(
  settings: HttpSettings,
  surroundings: HttpSurroundings,
  connections: Connections,
  streams: EventStreams,
  expectations: HttpMiddleware,
): Koa<RequestState> {
  const { callCenter, metrics, logger, clock } = surroundings;
  const localTime = localTimeIn(settings.timeZone);
  const described = operationsOn({ ...surroundings, localTime, sipRealm: settings.sipRealm });
  const signing = { clock, bodyLimit: bodyLimitsOf(described) };
  const app = new Koa<RequestState>();
  // What is left for it: a client that is gone before its answer is.
  app.on('error', (error: Error) => logger.info('answer not sent', { error: error.message }));
  app.use(recordRequests(logger, metrics));
  app.use(settleConnection(connections));
  app.use(answerErrors(logger));
  app.use(refuseManyHeaders);
  app.use(expectations);
  app.use(answerUnrouted());
  app.use(routed([statusRouter(callCenter, metrics), documentRouter(described)]));
  app.use(below('/v1', authenticate(settings, signing, new RateLimits(settings, surroundings))));
  app.use(routed([...operationRouters(described), streams.router]));
  return app;
}

const refuseManyHeaders: HttpMiddleware = (ctx, next) => {
  if (ctx.req.rawHeaders.length / 2 > MAX_HEADERS) {
    ctx.set('Connection', 'close');
    throw tooManyHeaders(MAX_HEADERS);
  }
  return next();
};

/** Anything but `Expect: 100-continue`, which Node would refuse in its own words. Before 1.1 the header meant nothing. */
function refuseExpectations(server: Server): HttpMiddleware {
  const unmet = new WeakSet<IncomingMessage>();
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unmet.add(request);
    server.emit('request', request, response);
  });
  return (ctx, next) => {
    if (unmet.has(ctx.req)) throw unmetExpectation();
    return next();
  };
}

function settleConnection(connections: Connections): HttpMiddleware {
  return async (ctx, next) => {
    await next();
    if (connections.isClosing) ctx.set('Connection', 'close');
    ignoreBody(ctx.req, ctx.res, ctx.state.bodyLimit);
  };
}

function below(base: string, middleware: HttpMiddleware): HttpMiddleware {
  return (ctx, next): unknown => {
    const isBelow = ctx.path === base || ctx.path.startsWith(`${base}/`);
    return isBelow ? middleware(ctx, next) : next();
  };
}

function expectSafe({ host, authentication, applications }: HttpSettings): void {
  if (authentication.length === 0) throw new Error('no way of authentication is chosen');
  if (!applications.every(({ tokens }) => tokens.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash)))) {
    throw new Error('tokens are given as their SHA-256 in lower-case hex');
  }
  if (!authentication.includes('none')) return;
  if (!isLoopback(host)) {
    throw new Error(`without authentication only a loopback address can be listened on, not ${host}`);
  }
  if (!applications.some(({ id }) => id === DEFAULT_APP)) {
    throw new Error(`without authentication an application named ${DEFAULT_APP} is needed`);
  }
}
