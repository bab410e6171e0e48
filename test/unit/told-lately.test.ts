import { ToldLately } from '../../src/domain/told-lately';

test('what was told is known for a minute, each for its own', () => {
  const lately = new ToldLately();
  lately.add('one', 0);
  lately.add('other', 30_000);

  expect([lately.has('one', 59_999), lately.count(59_999)]).toEqual([true, 2]);
  expect([lately.has('one', 60_000), lately.has('other', 60_000), lately.count(60_000)]).toEqual([false, true, 1]);
  expect(lately.count(90_000)).toBe(0);
});

test('told again after that, it is known for another minute', () => {
  const lately = new ToldLately();
  lately.add('one', 0);
  expect(lately.has('one', 60_000)).toBe(false);
  lately.add('one', 60_000);

  expect([lately.has('one', 119_999), lately.has('one', 120_000)]).toEqual([true, false]);
});
