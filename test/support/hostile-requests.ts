import { z } from 'zod';
import { entryOf } from '../../src/domain/entry-of';
import type { Operation } from '../../src/adapters/http/operation';
import { EVENT_STREAM } from '../../src/adapters/http/routes/event-stream-routes';
import type { SeededRandom } from '../simulation/seeded-random';
import { ENDPOINTS } from './http-endpoints';
import { idOf } from './http-objects';

export type HostileRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** What a parameter of this name may be when it is right. */
const RIGHT = new Map<string, unknown[]>();
for (const { body } of ENDPOINTS) {
  for (const [name, value] of Object.entries(body ?? {})) entryOf(RIGHT, name, () => []).push(value);
}

const ENTITIES =
  '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>';

const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\r\nX-Evil: 1',
  '\n[default]\nexten => _X.,1,System(id)',
  '\ud800',
  '\u202e1001',
  '１００１',
  '👩‍👩‍👧‍👦'.repeat(20),
  'é'.repeat(65),
  'x'.repeat(60_000),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "' OR 1=1 --",
  '"; DROP TABLE aggregate; --',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%',
  '${CHANNEL(name)}',
  '${jndi:ldap://localhost/x}',
  '{{7*7}}',
  '13800000000&Local/s@default',
  '13800000000@evil.example',
  'PJSIP/13800000000',
  'sip:13800000000@evil.example',
  '13800000000,1,System(id)',
  '+',
  '+86 138',
  '0x10',
  '1e3',
  'NaN',
  'Infinity',
  '-0',
  '9007199254740993',
  '99999999999999999999999999',
  'true',
  'null',
  '[object Object]',
  '127.0.0.1:5060/../x',
  'sound:../../x',
  'digits:1&2',
  'has("sales") && (1/0)',
  'get("'.repeat(200),
  '('.repeat(2_000),
  'this.constructor.constructor("return process")()',
  '<enqueue/>',
  '<enqueue><route><agent name="1001"',
  `${ENTITIES}<enqueue><route><agent name="&c;"/></route></enqueue>`,
  '<!DOCTYPE x SYSTEM "file:///etc/passwd"><enqueue><route><agent name="1001"/></route></enqueue>',
  '<enqueue><![CDATA[<route/>]]></enqueue>',
  '<?xml version="1.0" encoding="UTF-16"?><enqueue/>',
  `<enqueue>${'<route>'.repeat(3_000)}</enqueue>`,
  '<enqueue timeout="-1"><route><agent name="../x" __proto__="y"/></route></enqueue>',
  `<enqueue ${Array.from({ length: 500 }, (_, each) => `a${each}="1"`).join(' ')}/>`,
  '<enqueue><route><agent name="1001" name="1002"/></route></enqueue>',
];

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  -0,
  1e308,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  [],
  {},
  [[]],
  ['13800000000', '13900000000'],
  { length: 5 },
  { toString: 'x', valueOf: 'x' },
  JSON.parse('{"__proto__":{"role":"admin"}}'),
  { constructor: { prototype: { isAdmin: true } } },
  nested(200),
];

const HOSTILE_PATHS: readonly string[] = [
  '/v1/callcenter/../../metrics',
  '/v1/callcenter/./agent',
  '/v1//callcenter/agent',
  '//v1/callcenter/agent',
  '/V1/callcenter/agent',
  '/v1/callcenter/agent;x=1',
  '/v1/callcenter/agent%2f1001',
  '/v1/callcenter/agent/%2e%2e/condition',
  '/v1/callcenter/agent/%00',
  '/v1/callcenter/agent/%ff%fe',
  '/v1/callcenter/agent/%',
  '/v1/callcenter/agent/%E0%A4%A',
  '/v1/callcenter/agent/%c0%ae%c0%ae/x',
  '/v1/callcenter/sound/..%2f..%2f..%2fetc%2fpasswd',
  '/v1/callcenter/sound/%2e%2e%2fwelcome.wav',
  `/v1/callcenter/agent/${'x'.repeat(8_000)}`,
  `/v1/${'a/'.repeat(2_000)}`,
  '/v1/account//callcenter/agent',
  '/v1/account/../callcenter/agent',
  '/v1/account/%2e%2e/callcenter/agent',
  '/__proto__',
  '/v1/callcenter/__proto__',
  '/v1/callcenter/constructor/prototype',
  'http://evil.example/v1/callcenter/agent',
  '*',
  '/?',
  '/v1/callcenter/agent#x',
  '/v1/callcenter/conversation/00000000000000000000000000000001/agent/1001/lsm/../../../x',
];

const QUERY_TRICKS: readonly string[] = [
  'pageNo=1&pageNo=2',
  'pageNo[]=1',
  'pageNo[$gt]=1',
  '__proto__[role]=admin',
  'constructor=x',
  'pageNo=%00&pageSize=%ff',
  'pageNo=-1',
  'pageSize=99999999999999999999',
  'pageSize=1e3',
  'state=running&state=completed',
  'from=&to=&agent=',
  'force=maybe',
  '&&&=&=&',
  '%',
  `x=${'y'.repeat(7_000)}`,
  Array.from({ length: 1_500 }, (_, each) => `a${each}=1`).join('&'),
];

const HOSTILE_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'Content-Type': 'text/plain' },
  { 'Content-Type': 'application/xml' },
  { 'Content-Type': 'application/json; charset=utf-16' },
  { 'Content-Type': 'application/json; charset=utf-8; charset=latin1' },
  { 'Content-Type': 'multipart/form-data; boundary=x' },
  { 'Content-Type': '' },
  { 'Content-Encoding': 'gzip' },
  { 'Accept-Language': `${'zh,'.repeat(500)}en;q=x` },
  { 'Accept-Language': '*;q=0' },
  { 'X-Request-Id': '../../etc/passwd' },
  { 'X-Request-Id': 'x'.repeat(5_000) },
  { 'X-Forwarded-For': '127.0.0.1, ::1, evil' },
  { 'X-HTTP-Method-Override': 'DELETE' },
  { Authorization: 'Bearer ' },
  { Authorization: `Bearer ${'x'.repeat(5_000)}` },
  { Authorization: 'Basic YWRtaW46YWRtaW4=' },
  { AppID: '__proto__', CertID: 'x', Timestamp: '99999999999999', Signature: '!' },
  { Expect: '200-maybe' },
  { Range: 'bytes=0-0,-1' },
  { 'Last-Event-ID': '\xff' },
  { 'Last-Event-ID': '0'.repeat(32) },
  { 'Last-Event-ID': 'f'.repeat(32) },
  { 'Last-Event-ID': '__proto__' },
  { 'Last-Event-ID': 'x'.repeat(5_000) },
  { Cookie: 'x'.repeat(5_000) },
];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let each = 0; each < depth; each++) value = each % 2 === 0 ? [value] : { a: value };
  return value;
}

type Property = { readonly type?: string; readonly enum?: readonly unknown[]; readonly minimum?: number };
type Template = {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, Property>>;
  readonly query: Readonly<Record<string, Property>>;
  readonly isContent: boolean;
};

/** Requests that nobody should send, and between them some that somebody would. The same for the same random numbers. */
export class HostileRequests {
  private readonly templates: readonly Template[];

  constructor(
    operations: readonly Operation[],
    private readonly random: SeededRandom,
    private readonly credentials: (request: HostileRequest) => Readonly<Record<string, string>>,
  ) {
    const templates = operations.map(({ method, path, body, query, content }) => ({
      method: method.toUpperCase(),
      path,
      body: propertiesOf(body),
      query: propertiesOf(query),
      isContent: content !== null,
    }));
    const { path, query } = EVENT_STREAM;
    const stream = { method: 'GET', path, body: {}, query: propertiesOf(query!), isContent: false };
    this.templates = [...templates, stream];
  }

  next(): HostileRequest {
    const { random } = this;
    const template = random.pick(this.templates);
    const headers = {
      'Content-Type': 'application/json',
      ...(random.chance(0.1) && random.pick(HOSTILE_HEADERS)),
    };
    const request = {
      method: random.chance(0.03) ? random.pick(['PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PURGE']) : template.method,
      path: random.chance(0.05) ? random.pick(HOSTILE_PATHS) : this.path(template) + this.query(template),
      headers,
      body: this.body(template),
    };
    return { ...request, headers: { ...this.credentials(request), ...headers } };
  }

  private path({ path }: Template): string {
    const base = this.random.chance(0.1) ? '/v1/account/any' : '/v1';
    return base + path.replace(/\{(\w+)\}/g, (_, name: string) => this.inPath(name));
  }

  private inPath(name: string): string {
    const { random } = this;
    if (random.chance(0.25)) return encodeURIComponent(this.shortText());
    if (name === 'name') return random.pick(['1001', '1002', 'support', 'welcome.wav', 'nobody']);
    return idOf(random.integer(0, 5));
  }

  private query({ query }: Template): string {
    const { random } = this;
    if (random.chance(0.1)) return `?${random.pick(QUERY_TRICKS)}`;
    const given = Object.entries(query).filter(() => random.chance(0.5));
    if (given.length === 0) return '';
    const pairs = given.map(([name, property]) => {
      const value = random.chance(0.5) ? this.shortText() : this.right(name, property);
      return `${name}=${encodeURIComponent(String(value))}`;
    });
    return `?${pairs.join('&')}`;
  }

  private body(template: Template): Buffer {
    const { random } = this;
    if (template.method === 'GET' || template.method === 'DELETE') return Buffer.alloc(0);
    if (template.isContent)
      return Buffer.from(random.pick(['RIFF', '', 'RIFF\0\0\0\0WAVEfmt ', 'x'.repeat(100_000)]));
    const body: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(template.body)) {
      if (random.chance(0.15)) continue;
      body[name] = random.chance(0.25) ? this.hostile() : this.right(name, property);
    }
    if (random.chance(0.1)) body[random.pick(['constructor', 'toString', 'role', 'app', ''])] = this.hostile();
    const text = JSON.stringify(body);
    return random.chance(0.1) ? this.broken(text) : Buffer.from(text);
  }

  private broken(text: string): Buffer {
    const { random } = this;
    switch (random.integer(0, 8)) {
      case 0:
        return Buffer.from(text.slice(0, random.integer(0, text.length)));
      case 1:
        return Buffer.from(`\ufeff${text}`);
      case 2:
        return Buffer.from(text, 'utf16le');
      case 3:
        return Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe, 0x7d])]);
      case 4:
        return Buffer.from(text.replace('}', ',}'));
      case 5:
        return Buffer.from(`{"__proto__":{"role":"admin"},${text.slice(1)}`);
      case 6:
        return Buffer.from('['.repeat(random.pick([10, 10_000, 60_000])));
      case 7:
        return Buffer.alloc(random.pick([65_537, 200_000]), ' ');
      default:
        return Buffer.from(
          random.pick(['null', '1', '"x"', '[]', 'true', '{}{}', "{'a':1}", '{"a":NaN}', '{"a":1e999}']),
        );
    }
  }

  private hostile(): unknown {
    return this.random.chance(0.6) ? this.hostileText() : this.random.pick(HOSTILE_VALUES);
  }

  /** As it can stand in an address: halves of characters cannot be escaped. */
  private shortText(): string {
    return Buffer.from(this.hostileText().slice(0, 500)).toString();
  }

  private hostileText(): string {
    return this.random.pick(HOSTILE_TEXTS);
  }

  private right(name: string, property: Property): unknown {
    if (name.endsWith('id') && property.enum === undefined) return idOf(this.random.integer(1, 5));
    const right = RIGHT.get(name);
    if (right !== undefined) return this.random.pick(right);
    if (property.enum !== undefined) return this.random.pick(property.enum);
    if (property.type === 'integer') return property.minimum ?? 1;
    return property.type === 'boolean' ? true : '1001';
  }
}

function propertiesOf(schema: z.ZodType): Readonly<Record<string, Property>> {
  const { properties, anyOf, oneOf } = z.toJSONSchema(schema, { io: 'input' });
  const all = [{ properties }, ...(anyOf ?? oneOf ?? [])] as readonly { readonly properties?: object }[];
  return Object.assign({}, ...all.map((each) => each.properties ?? {})) as Readonly<Record<string, Property>>;
}
