import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ExtensionLine, SipDigest } from '../../../domain/extension/extension';
import type { SipUser } from '../../../domain/ids';
import { Refusal } from '../../../domain/refusal';
import type { CallCenter } from '../../../ports/call-center';
import { EXTENSION, extensionJson } from '../extension-json';
import { extensionPassword, extensionUser, gatewayAddress, phoneNumber, query, withoutNulls } from '../fields';
import { operation, type Operation } from '../operation';
import { PAGE, PAGE_ALIASES, pageFrom, pageOf } from '../page';
import { extensionIdFrom } from '../path-ids';

const SIP_TERMINAL = z
  .object({
    type: z.literal('1').describe('SIP terminal'),
    user: extensionUser.describe('its SIP user name, without the prefix of the application'),
    password: extensionPassword,
  })
  .meta({ title: 'SIP terminal' });

const GATEWAY = z
  .object({
    type: z.literal('2').describe('SIP gateway'),
    ipaddr: gatewayAddress.describe('<ip>[:port], an IPv6 address in brackets; port 5060 if there is none'),
    telnum: phoneNumber.optional().describe('whom the gateway is asked for'),
  })
  .meta({ title: 'SIP gateway' });

const TELEPHONE = z
  .object({
    type: z.literal('3').describe('ordinary telephone'),
    telnum: phoneNumber,
  })
  .meta({ title: 'ordinary telephone' });

type NewExtension = z.output<typeof SIP_TERMINAL | typeof GATEWAY | typeof TELEPHONE>;

const NEW_EXTENSION: z.ZodType<NewExtension> = z.preprocess(
  (sent) => {
    const { type, ...others } = sent as Readonly<Record<string, unknown>>;
    return { ...others, type: typeof type === 'number' ? String(type) : type };
  },
  withoutNulls(z.discriminatedUnion('type', [SIP_TERMINAL, GATEWAY, TELEPHONE])),
);

export function extensionRoutes(callCenter: CallCenter, sipRealm: string): readonly Operation[] {
  return [
    operation({
      method: 'post',
      path: '/callcenter/extension',
      summary: 'Create an extension, live in Asterisk at once',
      role: 'admin',
      takesIdempotencyKey: true,
      body: NEW_EXTENSION,
      data: EXTENSION,
      refusals: ['extension-user-exists', 'number-not-allowed', 'phone-system-failed', 'busy'],
      run: async ({ application: { id: app, sipPrefix }, body, once }) => {
        const line = lineFor(body, sipPrefix, sipRealm);
        const extension = await callCenter.ask({ type: 'create-extension', app, line }, once);
        return extensionJson(extension, body.type === '1' ? body.password : null);
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/extension/{id}',
      summary: 'Get an extension',
      role: 'read',
      data: EXTENSION,
      refusals: ['extension-not-found'],
      run: async ({ application, params }) => {
        const id = extensionIdFrom(params.id);
        const extension = await callCenter.read((world) => world.extensions.get(id));
        if (extension?.app !== application.id) throw new Refusal('extension-not-found', { id });
        return extensionJson(extension);
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/extension',
      summary: 'List the extensions, in order of creation',
      role: 'read',
      query: query(PAGE),
      aliases: PAGE_ALIASES,
      data: pageOf(EXTENSION),
      refusals: [],
      run: async ({ application, query }) => {
        const extensions = await callCenter.read((world) =>
          [...world.extensions.values()].filter(({ app }) => app === application.id),
        );
        const inOrder = extensions.sort((one, other) => (one.id < other.id ? -1 : 1)); // Ids sort by creation.
        return pageFrom(query, inOrder, extensionJson);
      },
    }),
    operation({
      method: 'delete',
      path: '/callcenter/extension/{id}',
      summary: 'Delete an extension, and what Asterisk has of it',
      role: 'admin',
      data: z.null(),
      refusals: ['extension-not-found', 'extension-bound'],
      run: async ({ application, params }) =>
        callCenter.ask({
          type: 'delete-extension',
          app: application.id,
          extensionId: extensionIdFrom(params.id),
        }),
    }),
  ];
}

function lineFor(wanted: NewExtension, sipPrefix: string, sipRealm: string): ExtensionLine {
  if (wanted.type === '2') return { type: '2', ipaddr: wanted.ipaddr, telnum: wanted.telnum ?? null };
  if (wanted.type === '3') return { type: '3', telnum: wanted.telnum };
  const user = `${sipPrefix}${wanted.user}` as SipUser;
  return { type: '1', user, digest: sipDigest(user, sipRealm, wanted.password) };
}

function sipDigest(user: SipUser, realm: string, password: string): SipDigest {
  return createHash('md5').update(`${user}:${realm}:${password}`).digest('hex');
}
