import { AlikeLanes, AriRequests, type Turn } from '../../src/adapters/ari/ari-requests';
import { TelephonyUnavailable } from '../../src/ports/telephony';
import { turn } from '../support/fakes';

type Ended = ConstructorParameters<typeof AriRequests>[2];

function requestsOn(atOnce: number, deadlineMs: number, ended: Ended = () => undefined): AriRequests<undefined> {
  const lanes = new AlikeLanes(undefined, atOnce, () => requests.startWaiting());
  const requests = new AriRequests(() => lanes.take(), deadlineMs, ended);
  return requests;
}

/** Requests that a test answers. */
function asker(atOnce: number, deadlineMs = 5_000) {
  const requests = requestsOn(atOnce, deadlineMs);
  const made: { name: string; answer: (result: string) => void; refuse: (error: Error) => void }[] = [];
  const ask = (name: string, turn?: Turn): Promise<string> =>
    requests.run(name, () => new Promise((answer, refuse) => made.push({ name, answer, refuse })), turn);
  return { requests, made, ask, names: () => made.map(({ name }) => name) };
}

/** Looked at from the beginning: on a busy machine it may have failed before the test comes to look. */
const failureOf = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: unknown) => error);

test('given more than may be made at once, the others follow in their order', async () => {
  const { ask, made, names } = asker(2);
  const asked = ['a', 'b', 'c', 'd'].map((name) => ask(name));
  await turn();
  expect(names()).toEqual(['a', 'b']);
  made[1]!.answer('B');
  await turn();
  expect(names()).toEqual(['a', 'b', 'c']);
  made[0]!.refuse(new Error('no'));
  await expect(asked[0]).rejects.toThrow('no');
  await turn();
  expect(names()).toEqual(['a', 'b', 'c', 'd']);
  made[2]!.answer('C');
  made[3]!.answer('D');
  expect(await Promise.all(asked.slice(1))).toEqual(['B', 'C', 'D']);
});

test('given one that goes first, it overtakes all that wait, but for those that go first, too', async () => {
  const { ask, made, names } = asker(1);
  void ask('under way');
  void ask('look');
  void ask('dial', 'first');
  void ask('look again');
  void ask('dial again', 'first');
  for (let answered = 0; answered < 5; answered++) {
    await turn();
    made[answered]!.answer('done');
  }
  expect(names()).toEqual(['under way', 'dial', 'dial again', 'look', 'look again']);
});

test('given no answer by the deadline, it is given up and makes room', async () => {
  const { ask, names } = asker(1, 20);
  const [silent, late] = [ask('silent'), ask('late')].map(failureOf);
  expect(await silent).toEqual(new TelephonyUnavailable('silent: no answer in 20 ms'));
  expect(await late).toBeInstanceOf(TelephonyUnavailable);
  const next = failureOf(ask('next'));
  await turn();
  expect(names().at(-1)).toBe('next');
  expect(await next).toBeInstanceOf(TelephonyUnavailable);
});

test('given the connection is lost, those under way and those waiting are given up at once, later ones not', async () => {
  const { requests, ask, made, names } = asker(1);
  const both = [ask('under way'), ask('waiting')];
  await turn();
  requests.giveUpAll('the connection was lost');
  for (const each of both) await expect(each).rejects.toThrow('the connection was lost');
  const later = ask('later');
  await turn();
  expect(names()).toEqual(['under way', 'later']);
  made[0]!.answer('too late');
  made[1]!.answer('in time');
  expect(await later).toBe('in time');
});

test('given a call that throws, it is a rejection', async () => {
  const requests = requestsOn(1, 100);
  const thrown = requests.run('throw', () => {
    throw new Error('required path param');
  });
  await expect(thrown).rejects.toThrow('required path param');
  await expect(requests.run('next', async () => 'made')).resolves.toBe('made');
});

test('given requests that go well, fail, are lost on the way or are given up, each is told once with how it went', async () => {
  const told: string[] = [];
  const requests = requestsOn(3, 5_000, (operation, outcome, seconds) => {
    expect(seconds).toBeGreaterThanOrEqual(0);
    told.push(`${operation} ${outcome}`);
  });
  let answerLate: (result: string) => void = () => undefined;
  await requests.run('answer', () => Promise.resolve('yes'));
  const refused = requests.run('hang up', () => Promise.reject(new Error('{"message":"Channel not found"}')));
  await expect(refused).rejects.toThrow('Channel not found');
  const cut = requests.run('place', () => Promise.reject(new TelephonyUnavailable('socket hang up')));
  await expect(cut).rejects.toThrow('socket hang up');
  const lost = requests.run('enter', () => new Promise<string>((resolve) => (answerLate = resolve)));
  await turn();
  requests.giveUpAll('the connection was lost');
  await expect(lost).rejects.toThrow(TelephonyUnavailable);
  answerLate('yes');
  await turn();

  expect(told).toEqual(['answer done', 'hang up channel-gone', 'place unavailable', 'enter unavailable']);
});
