import Router from '@koa/router';
import { z } from 'zod';
import { REFUSAL_CODES } from '../../../domain/refusal';
import { joined, type Text } from '../../../domain/text';
import { ASTERISK_AWAY, type CallCenter } from '../../../ports/call-center';
import type { MetricsPage } from '../../../ports/metrics';
import { answerData } from '../envelope';
import { type DescribedEndpoint, FAILURES_OF_PROCESS } from '../openapi/described-endpoint';
import { HttpProblem } from '../http-problem';
import { RETRY_AFTER } from '../refusal-problem';
import type { RequestState } from '../request-state';

/**
 * For whoever watches over the process. Outside of `/v1` and open to all: they name no object. Nor do the figures, which
 * are for a Prometheus: they name applications, plans and states, nobody who calls or is called.
 */
export function statusRouter(callCenter: CallCenter, metrics: MetricsPage): Router<RequestState> {
  const router = new Router<RequestState>({ sensitive: true });
  router.get('/healthz', (ctx) => answerData(ctx, null));
  router.get('/readyz', (ctx) => {
    const obstacles = callCenter.obstacles();
    if (obstacles.length > 0) throw notReady(obstacles);
    answerData(ctx, null);
  });
  router.get('/metrics', async (ctx) => {
    const text = await metrics.text();
    ctx.set('Content-Type', metrics.contentType);
    ctx.body = text;
  });
  return router;
}

const OPEN = { method: 'get', below: 'root', role: null } as const;

export const STATUS_ENDPOINTS: readonly DescribedEndpoint[] = [
  {
    ...OPEN,
    path: '/healthz',
    summary: 'Tell that the process is alive',
    answer: { data: z.null() },
    failures: FAILURES_OF_PROCESS,
  },
  {
    ...OPEN,
    path: '/readyz',
    summary: 'Tell whether Asterisk and the store can be reached',
    answer: { data: z.null() },
    failures: {
      ...FAILURES_OF_PROCESS,
      'not-ready': notReady([ASTERISK_AWAY]),
    },
  },
  {
    ...OPEN,
    path: '/metrics',
    summary: 'Figures for a Prometheus',
    answer: { mediaType: 'text/plain', about: 'in the text format of Prometheus' },
    failures: FAILURES_OF_PROCESS,
  },
];

function notReady(obstacles: readonly Text[]): HttpProblem {
  const headline = { zh: '服务未就绪', en: 'not ready' };
  const text = joined(': ', headline, joined('; ', ...obstacles));
  return new HttpProblem(503, REFUSAL_CODES.busy, text, RETRY_AFTER);
}
