import { localTimeIn } from '../../src/adapters/http/local-time';
import type { Instant } from '../../src/domain/ids';

const at = (text: string): Instant => Date.parse(text) as Instant;

test.each([
  ['Asia/Shanghai', '2026-11-29T15:59:59.999Z', '2026-11-29 23:59:59'],
  ['Asia/Shanghai', '2026-11-29T16:00:00.000Z', '2026-11-30 00:00:00'],
  ['Europe/Berlin', '2026-10-25T00:59:59.999Z', '2026-10-25 02:59:59'],
  ['Europe/Berlin', '2026-10-25T01:00:00.000Z', '2026-10-25 02:00:00'],
  ['America/New_York', '2026-03-08T06:59:59.000Z', '2026-03-08 01:59:59'],
  ['America/New_York', '2026-03-08T07:00:00.000Z', '2026-03-08 03:00:00'],
  ['Asia/Kathmandu', '2026-01-01T00:00:00.000Z', '2026-01-01 05:45:00'],
  ['UTC', '1970-01-01T00:00:00.000Z', '1970-01-01 00:00:00'],
])('in %s it is told at %s that it is %s', (zone, instant, told) => {
  expect(localTimeIn(zone)(at(instant))).toBe(told);
});

test.each(['Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Chatham', 'Africa/Casablanca', 'Asia/Pyongyang'])(
  'the clocks of %s go as the time zone data have it, at some 9,000 moments of a year',
  (zone) => {
    const localTime = localTimeIn(zone);
    const data = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    const begin = at('2025-09-01T00:00:00Z');
    const wrong = Array.from({ length: 9_000 }, (_, index) => (begin + index * 3_541_007) as Instant)
      .map((instant) => ({ instant, told: localTime(instant), data: data.format(instant) }))
      .filter(({ told, data }) => told !== data);
    expect(wrong).toEqual([]);
  },
);

test('there is no such time zone', () => {
  expect(() => localTimeIn('Mars/Olympus')).toThrow(RangeError);
});
