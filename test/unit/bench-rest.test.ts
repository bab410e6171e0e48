import { verdictOf } from '../../scripts/bench/parts/part';
import { tableOf, targetsOf, type RestFigure } from '../../scripts/bench/parts/rest-part';

const aFigure = (who: RestFigure['who'], more: Partial<RestFigure> = {}): RestFigure => ({
  what: 'read an extension',
  who,
  connections: 16,
  bytes: 172,
  perSecond: 20_000,
  p50: 0.6,
  p99: 1.5,
  samples: 20_000,
  answered: 160_000,
  failed: 0,
  micros: 40,
  ...more,
});

test.each([
  ['most of what bare Koa answers', { perSecond: 13_000 }, {}, 'reached'],
  ['too few', { perSecond: 11_000 }, {}, 'missed'],
  ['refusals, which are quick', { failed: 1 }, {}, 'missed'],
  ['refusals by bare Koa', {}, { failed: 1 }, 'undecided'],
])('given %s', (_, ours, bare, is) => {
  const [target, ...others] = targetsOf([aFigure('Parley', ours), aFigure('bare Koa', bare)]);

  expect([verdictOf(target!).is, others]).toEqual([is, []]);
});

test('commands are shown next to bare Koa and are not judged', () => {
  const command = { what: "command: an agent's state", perSecond: 100, samples: 90, micros: 120 };
  const figures = [aFigure('Parley', command), aFigure('bare Koa', { ...command, perSecond: 200, micros: 30 })];

  expect(targetsOf(figures)).toEqual([]);
  expect(tableOf(figures).rows).toEqual([
    ["command: an agent's state", 16, 172, '100 / 200', 0.5, '0.6 / 0.6', '1.5 / 1.5 (max of 90)', '120 / 30', 4, '0 / 0'], // prettier-ignore
  ]);
});
