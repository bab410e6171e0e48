import type { Client } from 'ari-client';
import {
  apiOver,
  inOrder,
  requestOf,
  resultOf,
  type AriApi,
  type Operation,
  type RestRequest,
} from '../../src/adapters/ari/ari-api';
import { TelephonyUnavailable } from '../../src/ports/telephony';
import { turn } from '../support/fakes';

/** As Asterisk 22.10.1 describes it, and no more of it than counts here. */
function operation(method: string, path: string, parameters: Readonly<Record<string, string>>): Operation {
  return {
    method,
    path,
    parameters: Object.entries(parameters).map(([name, paramType]) => ({ name, paramType })),
  };
}
const ORIGINATE = operation('post', '/channels/{channelId}', {
  channelId: 'path',
  endpoint: 'query',
  timeout: 'query',
  callerId: 'query',
  variables: 'body',
});
const PLAY = operation('POST', '/bridges/{bridgeId}/play/{playbackId}', {
  bridgeId: 'path',
  playbackId: 'path',
  media: 'query',
});
const FILTER = operation('PUT', '/applications/{applicationName}/eventFilter', {
  applicationName: 'path',
  filter: 'body',
});
const UPDATE = operation('PUT', '/asterisk/config/dynamic/{configClass}/{objectType}/{id}', {
  configClass: 'path',
  objectType: 'path',
  id: 'path',
  fields: 'body',
});

test.each<[string, Operation, object, RestRequest]>([
  [
    'what is not said is left out, all else is encoded, and variables go by their name',
    ORIGINATE,
    { channelId: 'a/b?', endpoint: 'PJSIP/1&2', timeout: 0, callerId: undefined, variables: { 'F(x)': 'ü"' } },
    {
      method: 'POST',
      uri: 'channels/a%2Fb%3F?endpoint=PJSIP%2F1%262&timeout=0',
      body: '{"variables":{"F(x)":"ü\\""}}',
    },
  ],
  [
    'several values go with commas between them',
    PLAY,
    { bridgeId: 'b', playbackId: 'p', media: ['sound:a', 'sound:b'] },
    { method: 'POST', uri: 'bridges/b/play/p?media=sound%3Aa%2Csound%3Ab' },
  ],
  [
    'a filter is the body',
    FILTER,
    { applicationName: 'parley', filter: { allowed: [] } },
    { method: 'PUT', uri: 'applications/parley/eventFilter', body: '{"allowed":[]}' },
  ],
  [
    'fields go by their name',
    UPDATE,
    { configClass: 'res_pjsip', objectType: 'aor', id: '1', fields: [{ attribute: 'a', value: 'b' }] },
    {
      method: 'PUT',
      uri: 'asterisk/config/dynamic/res_pjsip/aor/1',
      body: '{"fields":[{"attribute":"a","value":"b"}]}',
    },
  ],
])('given arguments, %s', (_, described, values, request) => {
  expect(requestOf(described, values as Readonly<Record<string, unknown>>)).toEqual(request);
});

test.each([{}, { bridgeId: 'b', playbackId: '' }])(
  'given a part of the path is missing, it is refused: %j',
  (values) => {
    expect(() => requestOf(PLAY, values)).toThrow('is missing');
  },
);

test('given a description, each operation sends its request and hands on the answer', async () => {
  const apis = { bridges: { operations: { playWithId: PLAY } } };
  const sent: RestRequest[] = [];
  const api = apiOver({ _swagger: { apis } } as unknown as Client, async (request) => {
    sent.push(request);
    return { status: 201, text: '{"id":"p"}' };
  });
  const answer = await api.bridges.playWithId({ bridgeId: 'b', playbackId: 'p', media: 'sound:a' });
  expect(answer).toEqual({ id: 'p' });
  expect(sent).toEqual([{ method: 'POST', uri: 'bridges/b/play/p?media=sound%3Aa' }]);
});

test.each([
  ['nothing', { status: 204, text: '' }, undefined],
  ['JSON', { status: 200, text: '[{"id":"a"}]' }, [{ id: 'a' }]],
])('given %s in answer, that is the result', (_, answer, result) => {
  expect(resultOf(answer)).toEqual(result);
});

test.each([
  [{ status: 404, text: '{"message":"Channel not found"}' }, '{"message":"Channel not found"}'],
  [{ status: 500, text: '' }, 'HTTP status 500'],
])('given a refusal, its words are the failure: %j', (answer, words) => {
  expect(() => resultOf(answer)).toThrow(words);
});

test.each([502, 503, 504])('given a proxy answers %i, nobody knows what came of it', (status) => {
  expect(() => resultOf({ status, text: '<html>' })).toThrow(TelephonyUnavailable);
});

describe('requests in order', () => {
  /** Two requests that are answered when the test says so; `asked` as they go out. */
  function two(keepsOrder: boolean) {
    const asked: string[] = [];
    const waiting: { answer: () => void; refuse: (error: Error) => void }[] = [];
    const request = (name: string) => () => {
      asked.push(name);
      return new Promise<void>((answer, refuse) => waiting.push({ answer, refuse }));
    };
    const api = { ...(keepsOrder && { keepsOrder }) } as unknown as AriApi;
    return { done: inOrder(api, [request('first'), request('second')]), asked, waiting };
  }

  test('given a way that keeps the order, they go out at once, and it is over when all are answered', async () => {
    const { done, asked, waiting } = two(true);
    expect(asked).toEqual(['first', 'second']);
    const isOver = jest.fn();
    void done.then(isOver);
    waiting[1]!.answer();
    await turn();
    expect(isOver).not.toHaveBeenCalled();
    waiting[0]!.answer();
    await done;
  });

  test('given another way, each waits for the answer before', async () => {
    const { done, asked, waiting } = two(false);
    expect(asked).toEqual(['first']);
    waiting[0]!.answer();
    await turn();
    expect(asked).toEqual(['first', 'second']);
    waiting[1]!.answer();
    await done;
  });

  test('given refusals, the first one counts', async () => {
    const { done, waiting } = two(true);
    waiting[1]!.refuse(new Error('second'));
    waiting[0]!.refuse(new Error('first'));
    await expect(done).rejects.toThrow('first');
  });
});
