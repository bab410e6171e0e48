import { IDS_OF_ONE_TIME, seedOf, timedId, timeOf } from '../../src/domain/timed-id';
import { NOW } from '../support/worlds';

const SEED = 'abcdef012345678';

test.each([
  [0, 0],
  [NOW, 0],
  [NOW, 10],
  [NOW + 1, IDS_OF_ONE_TIME - 1],
  [0xffffffffffff, 1],
])(
  'of the time %d and the count %d, it is a UUID version 7 from which time and seed can be read',
  (time, count) => {
    const id = timedId(time, count, SEED);

    expect(id).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}8[0-9a-f]{15}$/);
    expect([timeOf(id), seedOf(id)]).toEqual([time, SEED]);
  },
);

test('they sort by time, then by count, whatever their seeds', () => {
  const ids = [
    timedId(9, IDS_OF_ONE_TIME - 1, 'fffffffffffffff'),
    timedId(NOW, 9, 'fffffffffffffff'),
    timedId(NOW, 10, '000000000000000'),
    timedId(NOW, IDS_OF_ONE_TIME - 1, 'fffffffffffffff'),
    timedId(NOW + 1, 0, '000000000000000'),
  ];

  expect([...ids].sort()).toEqual(ids);
});
