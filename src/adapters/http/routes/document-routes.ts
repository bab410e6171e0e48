import { readFile } from 'node:fs/promises';
import Router from '@koa/router';
import { EVENTS } from '../event-json';
import { describedOperation, type DescribedEndpoint, FAILURES_OF_PROCESS } from '../openapi/described-endpoint';
import { type OpenApiDocument, openApiDocument } from '../openapi/openapi-document';
import type { Operation } from '../operation';
import type { RequestState } from '../request-state';
import { routerPath } from '../router-path';
import { EVENT_STREAM } from './event-stream-routes';
import { STATUS_ENDPOINTS } from './status-routes';

const DOCUMENT: DescribedEndpoint = {
  method: 'get',
  path: '/openapi.json',
  below: 'version',
  summary: 'This description',
  role: null,
  answer: { mediaType: 'application/json', about: 'OpenAPI 3.1' },
  failures: FAILURES_OF_PROCESS,
};

/** The page fetches nothing from elsewhere, and nobody can show it in a frame. Swagger UI writes styles into its elements. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Addresses are relative, so that it works below any path of a proxy. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Parley: the API</title>
    <link rel="icon" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  url: 'v1/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

/** What the API is, for programs and for people. Open to all: it is the same for everybody and names no object. */
export function documentRouter(operations: readonly Operation[]): Router<RequestState> {
  const router = new Router<RequestState>({ sensitive: true });
  router.get(routerPath('/openapi.json'), (ctx) => {
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.body = documentOf(operations);
  });
  router.get('/docs', (ctx) => {
    if (ctx.path.endsWith('/')) return ctx.redirect('../docs');
    ctx.set({ 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' });
    ctx.type = 'html';
    ctx.body = PAGE;
  });
  router.get('/docs/start.js', (ctx) => {
    ctx.type = 'js';
    ctx.body = START;
  });
  for (const file of FILES) {
    router.get(`/docs/${file}`, async (ctx) => {
      const content = await readFile(require.resolve(`swagger-ui-dist/${file}`));
      ctx.set('Cache-Control', 'max-age=3600');
      ctx.type = file;
      ctx.body = content;
    });
  }
  return router;
}

let written: string | undefined;

/** Made once, for the first who asks: it takes longer than many a start may. No two servers have other operations. */
function documentOf(operations: readonly Operation[]): string {
  written ??= JSON.stringify(describeApi(operations));
  return written;
}

/** Of these and of all that is no operation. */
export function describeApi(operations: readonly Operation[]): OpenApiDocument {
  const endpoints = operations.map(describedOperation);
  return openApiDocument([...endpoints, EVENT_STREAM, ...STATUS_ENDPOINTS, DOCUMENT], EVENTS);
}
