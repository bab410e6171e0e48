import { nearestName } from '../../src/domain/nearest-name';

test.each([
  ['suport', ['sales', 'support'], 'support'],
  ['WELCOME.wav', ['alarm.wav', 'welcome.wav'], 'welcome.wav'],
  ['welcome.wav', ['alarm.wav', 'WELCOME.wav'], 'WELCOME.wav'],
  ['Ann', ['bob', 'aNN'], 'aNN'],
  ['anything', [], undefined],
])('given %s, of %j it is %s that was meant', (name, known, meant) => {
  expect(nearestName(name, known)).toBe(meant);
});
