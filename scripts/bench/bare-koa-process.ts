import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';

/** Koa with a router and one route for each body that its parent wants answered, and nothing else. */
const app = new Koa();
const router = new Router();
const bodies: unknown[] = [];
router.get('/:index', (context) => {
  context.body = bodies[Number(context['params'].index)];
});
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('message', (body) => bodies.push(body));
process.on('disconnect', () => process.exit());
