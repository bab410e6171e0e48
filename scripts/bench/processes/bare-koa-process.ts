import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';

/** Koa with a router, one route for each body that its parent wants answered, and one that reads what is posted; nothing else. */
const app = new Koa();
const router = new Router();
const bodies: unknown[] = [];
router.get('/:index', (context) => {
  context.body = bodies[Number(context['params'].index)];
});
router.post('/:index', async (context) => {
  let text = '';
  for await (const chunk of context.req.setEncoding('utf8')) text += chunk as string;
  JSON.parse(text);
  context.body = bodies[Number(context['params'].index)];
});
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('message', (body) => bodies.push(body));
process.on('disconnect', () => process.exit());
