import type { IncomingMessage } from 'node:http';
import { clientAddress } from '../../src/adapters/http/client-address';
import { isNetwork, Networks } from '../../src/adapters/http/networks';

describe('a list of networks', () => {
  const list = new Networks(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32', '::1', '172.16.0.0/12']);

  test.each([
    '192.0.2.7',
    '::ffff:192.0.2.7',
    '::FFFF:10.1.2.3',
    '10.255.255.255',
    '172.31.0.1',
    '2001:db8:ffff::1',
    '2001:0DB8::0001',
    '::1',
    '0:0:0:0:0:0:0:1',
  ])('has %s', (address) => {
    expect(list.has(address)).toBe(true);
  });

  test.each([
    '192.0.2.8',
    '11.0.0.1',
    '172.32.0.1',
    '2001:db9::1',
    '::2',
    '::ffff:11.0.0.1',
    '',
    'unknown',
    '10.0.0',
    '010.0.0.1',
    'localhost',
    '10.0.0.1:80',
    '10.0.0.1, 10.0.0.2',
  ])('has not %j', (address) => {
    expect(list.has(address)).toBe(false);
  });

  test('may be of everything', () => {
    const all = new Networks(['0.0.0.0/0', '::/0']);
    expect(['1.2.3.4', '2001:db8::1'].map((each) => all.has(each))).toEqual([true, true]);
  });

  test.each([
    '',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '::/129',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    'a.example',
  ])('is not made of %j', (text) => {
    expect(isNetwork(text)).toBe(false);
    expect(() => new Networks([text])).toThrow();
  });
});

describe('the address of a client', () => {
  const from = (remoteAddress: string, forwarded?: string, proxies: readonly string[] = ['10.0.0.0/8', '::1']) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return clientAddress({ socket: { remoteAddress }, headers } as IncomingMessage, new Networks(proxies));
  };

  test.each<[string, string, string | undefined, string]>([
    ['nobody in between', '192.0.2.7', undefined, '192.0.2.7'],
    ['somebody who only says so', '192.0.2.7', '198.51.100.1', '192.0.2.7'],
    ['a proxy', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['a proxy as an IPv6 address', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['two proxies', '::1', '198.51.100.1, 10.0.0.9', '198.51.100.1'],
    ['a proxy, and a client that lies', '10.0.0.1', '127.0.0.1, 10.0.0.5, 198.51.100.1', '198.51.100.1'],
    ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['proxies only', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
    ['a proxy that adds the port', '10.0.0.1', '198.51.100.1:51234', '198.51.100.1'],
    ['a proxy that adds the port to IPv6', '10.0.0.1', '[2001:db8::1]:51234', '2001:db8::1'],
    ['a proxy that does not know', '10.0.0.1', '198.51.100.1, unknown', 'unknown'],
    ['a proxy that says something empty', '10.0.0.1', '', ''],
  ])('with %s', (_, remote, forwarded, address) => {
    expect(from(remote, forwarded)).toBe(address);
  });

  test('is that of the connection if no proxy is trusted', () => {
    expect(from('10.0.0.1', '198.51.100.1', [])).toBe('10.0.0.1');
  });
});
