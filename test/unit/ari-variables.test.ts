import type { AriConnection } from '../../src/adapters/ari/ari-connection';
import { AriVariables } from '../../src/adapters/ari/ari-variables';
import type { ChannelId } from '../../src/domain/ids';

const CALLER = '1795376582.166' as ChannelId;
const NAMES = ['PARLEY_APP', 'PARLEY_ENQUEUE', 'PARLEY_ANSWER'];

/** An Asterisk with these variables, which says what it was asked. `functions`: it has EVAL and ARRAY. */
function anAsterisk({ functions, has = {} }: { functions: boolean; has?: Readonly<Record<string, string>> }) {
  const asked: string[] = [];
  const set: Record<string, string> = {};
  const refuse = (message: string): never => {
    throw new Error(JSON.stringify({ message }));
  };
  const asterisk = { functions, longest: Infinity, isGone: false };
  const channels = {
    getChannelVar: async ({ variable }: { variable: string }) => {
      asked.push(variable.replace(/\}[0-9a-f]{16}/g, '}|'));
      if (asterisk.isGone) return refuse('Channel not found');
      const [, template] = /^EVAL\((.*)\)$/.exec(variable) ?? [];
      if (template === undefined) return { value: has[variable] ?? refuse('Provided variable was not found') };
      if (!asterisk.functions) return refuse('Unable to read provided function');
      const value = template.replace(/\$\{([^}]*)\}/g, (_, name: string) => has[name] ?? '');
      return { value: value.slice(0, asterisk.longest) };
    },
    setChannelVar: async ({ variable, value }: { variable: string; value: string }) => {
      asked.push(variable);
      set[variable] = value;
    },
  };
  const ari = {
    ask: (_: string, call: (api: object) => Promise<unknown>) => call({ channels }),
  } as unknown as AriConnection;
  return { variables: new AriVariables(ari), asked, set, asterisk };
}

test('given its functions, all is read at once, whatever the values say', async () => {
  const has = { PARLEY_APP: '${PARLEY_ANSWER}', PARLEY_ANSWER: ' a,b|(c)"' };
  const { variables, asked } = anAsterisk({ functions: true, has });
  expect(await variables.read(CALLER, NAMES)).toEqual(['${PARLEY_ANSWER}', '', ' a,b|(c)"']);
  expect(asked).toEqual(['EVAL(${PARLEY_APP}|${PARLEY_ENQUEUE}|${PARLEY_ANSWER}|)']);
});

test('given it has none, all is read one by one, and it is asked again only when it may be another Asterisk', async () => {
  const { variables, asked, asterisk } = anAsterisk({ functions: false, has: { PARLEY_APP: 'a' } });
  expect(await variables.read(CALLER, NAMES)).toEqual(['a', '', '']);
  asked.length = 0;
  expect(await variables.read(CALLER, NAMES)).toEqual(['a', '', '']);
  expect(asked).toEqual(NAMES);
  asterisk.functions = true;
  variables.forgetAll();
  asked.length = 0;
  expect(await variables.read(CALLER, NAMES)).toEqual(['a', '', '']);
  expect(asked).toHaveLength(1);
});

test('given an answer cut short, all is read one by one', async () => {
  const { variables, asked, asterisk } = anAsterisk({ functions: true, has: { PARLEY_APP: 'a' } });
  asterisk.longest = 20;
  expect(await variables.read(CALLER, NAMES)).toEqual(['a', '', '']);
  expect(asked.slice(1)).toEqual(NAMES);
});

test('given its functions are not proven, they are looked for, and variables are set at once', async () => {
  const { variables, asked, set } = anAsterisk({ functions: true });
  const values = { 'TIMEOUT(absolute)': '0', A: 'a,b', B: '"(\\[', C: '' };
  expect(await variables.set(CALLER, values)).toBe('done');
  expect(asked).toEqual(['EVAL(${CHANNEL(name)}|)', 'ARRAY(TIMEOUT(absolute),A,B,C)']);
  expect(set[asked[1]!]).toBe('0,a\\,b,\\"\\(\\\\\\[,');

  asked.length = 0;
  await variables.set(CALLER, { A: 'ü'.repeat(1_000), B: '' });
  expect(asked).toEqual(['A', 'B']);
});

test('given it has no functions, variables are set one by one', async () => {
  const { variables, asked, set } = anAsterisk({ functions: false });
  expect(await variables.set(CALLER, { A: 'a,b', B: '' })).toBe('done');
  expect(set).toEqual({ A: 'a,b', B: '' });
  expect(await variables.set(CALLER, { A: 'c' })).toBe('done');
  expect(asked.slice(-3)).toEqual(['A', 'B', 'A']);
});

test('given a channel that is gone, nothing is proven', async () => {
  const { variables, asterisk, asked } = anAsterisk({ functions: true });
  asterisk.isGone = true;
  expect(await variables.set(CALLER, { A: 'a' })).toBe('channel-gone');
  asterisk.isGone = false;
  expect(await variables.set(CALLER, { A: 'a' })).toBe('done');
  expect(asked.slice(1)).toEqual(['EVAL(${CHANNEL(name)}|)', 'ARRAY(A)']);
});
