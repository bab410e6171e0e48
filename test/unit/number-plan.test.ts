import { readNumber } from '../../src/adapters/numbers/number-plan';

const CALLERS = 1_000;
const callers = Array.from({ length: CALLERS }, (_, n) => `138${10_000_000 + n}`);
const AGENT = '13900000000';

test('a number that is asked for again and again is read once, however many others are asked for', () => {
  const first = readNumber(AGENT, 'CN');
  for (const round of [callers, callers.map((caller) => `0${caller}`)])
    for (const caller of round) {
      readNumber(caller, 'CN');
      expect(readNumber(AGENT, 'CN')).toBe(first);
    }
});

test('what nobody has asked for while a thousand others were is read anew, and says the same', () => {
  const first = readNumber(AGENT, 'CN');
  for (const caller of callers) readNumber(caller, 'CN');
  const again = readNumber(AGENT, 'CN');
  expect(again).not.toBe(first);
  expect([again.classes, again.forms, again.bare]).toEqual([first.classes, first.forms, first.bare]);
  expect(again.classes).toEqual(['national']);
});
