import { Parley } from './parley';

let parley: Parley;
beforeAll(async () => (parley = await Parley.start()), 120_000);
afterAll(async () => parley.stop(), 30_000);

test('a new extension can register at once, is enabled while it is registered, and is gone when it is deleted', async () => {
  const [user, password] = ['200001', 'secret1'];
  const created = await parley.post('extension', { type: '1', user, password });
  expect(created).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    type: '1',
    user,
    password,
    ipaddr: null,
    telnum: null,
    enable: false,
  });
  await expect(parley.farm.register({ user, password: 'wrong12', tone: 400 })).rejects.toThrow();
  const phone = await parley.farm.register({ user, password, tone: 400 });
  const get = () => parley.get(`extension/${created.id}`);
  await parley.until(async () => (await get()).enable, 'it is enabled');
  expect(await get()).toMatchObject({ password: null });
  await phone.unregister();
  await parley.until(async () => !(await get()).enable, 'it is no longer enabled');

  expect(await parley.request('POST', 'extension', { type: 1, user: 200001, password })).toMatchObject({
    code: '040101',
  });
  expect(await parley.delete(`extension/${created.id}`)).toBeNull();
  expect(await parley.request('GET', `extension/${created.id}`)).toMatchObject({ status: 404, code: '040103' });
  await expect(parley.farm.register({ user, password, tone: 400 })).rejects.toThrow();
});

test('an ordinary telephone is reached through the trunk, as an agent’s phone', async () => {
  const telnum = '13800000009';
  const line = parley.farm.outside(telnum, { tone: 700 });
  const { id, enable } = await parley.post('extension', { type: '3', telnum });
  expect(enable).toBe(true);
  await parley.post('agent', { name: 'home', extension: id, state: 'idle' });
  const caller = await parley.farm.call({ from: '13900000001', to: '7home', tone: 400 });
  const leg = await line.incoming();
  await leg.answer();
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  expect(await parley.request('DELETE', `extension/${id}`)).toMatchObject({ status: 409, code: '040102' });
  await caller.hangUp();
  await leg.ended();
  await parley.untilNothingIsLeft();
});
