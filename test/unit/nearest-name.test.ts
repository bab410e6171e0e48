import { nearestName, unknownName } from '../../src/domain/nearest-name';

test.each([
  ['suport', ['sales', 'support'], 'support'],
  ['WELCOME.wav', ['alarm.wav', 'welcome.wav'], 'welcome.wav'],
  ['welcome.wav', ['alarm.wav', 'WELCOME.wav'], 'WELCOME.wav'],
  ['Ann', ['bob', 'aNN'], 'aNN'],
  ['anything', [], undefined],
])('given %s, of %j it is %s that was meant', (name, known, meant) => {
  expect(nearestName(name, known)).toBe(meant);
});

test('given an unknown name, the nearest that is known is offered in both languages', () => {
  expect(unknownName('function', 'hass', ['get', 'has'])).toEqual({
    zh: '未知函数 "hass"，是否应为 has？',
    en: 'unknown function "hass", did you mean has?',
  });
});

test('given that no name is known, none is offered', () => {
  expect(unknownName('attribute', 'x', [])).toEqual({
    zh: '未知属性 "x"，此处不应有属性',
    en: 'unknown attribute "x", none is expected here',
  });
});
