import { REFUSAL_CODES } from '../../src/domain/refusal';

test('no public code is used twice', () => {
  const codes = Object.values(REFUSAL_CODES);
  expect(codes.length).toBeGreaterThan(10);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each(Object.entries(REFUSAL_CODES))('%s has a code of six digits: %s', (_reason, code) => {
  expect(code).toMatch(/^0[0-9]{5}$/);
});
