import { randomBytes } from 'node:crypto';
import type { Clock } from '../../ports/system';
import { Secret } from '../../ports/secret';
import type { WayIn } from './authentication';
import { notAuthenticated, rateLimited } from './http-problem';
import type { HttpSettings } from './http-settings';
import { localTimeIn } from './local-time';
import type { RateLimits } from './rate-limits';
import { ReplayMemory } from './replay-memory';
import { readBytes } from './request-body';
import type { HttpContext } from './request-state';
import { isSame, signatureOf, signedAt, type SignedFields } from './signature';

export type SigningSurroundings = {
  readonly clock: Pick<Clock, 'now'>;
  /** How long the body of a request may be, in bytes. */
  readonly bodyLimit: (method: string, path: string) => number;
};

const BODY_SIGNED: ReadonlySet<string> = new Set(['POST', 'PUT']);
/** More than can be remembered were signed: none is taken that could have been taken before. */
const RETRY_SECONDS = 30;
/** What starts something is to start it once. */
const ONCE_ONLY = 'POST';

/** The headers `AppID`, `CertID`, `Timestamp`, `Signature`. Whoever signs may do everything in the application. */
export function bySignature(
  { applications, timeZone, signatureWindowSeconds }: HttpSettings,
  { clock, bodyLimit }: SigningSurroundings,
  limits: Pick<RateLimits, 'admit'>,
): WayIn {
  const windowMs = signatureWindowSeconds * 1000;
  const localTime = localTimeIn(timeZone);
  const signing = new Map(
    applications
      .filter(({ secrets }) => secrets.length > 0)
      .map((application) => [application.id as string, { application, memory: new ReplayMemory(windowMs) }]),
  );
  const nobodys = [new Secret(randomBytes(32).toString('hex'))];
  // What was used before the start is not known: nothing that was signed before it is taken for the first time.
  const startedAt = Math.floor(clock.now() / 1000) * 1000;

  const client: WayIn['client'] = async (ctx, address) => {
    const [given, appId] = [ctx.get('Signature'), ctx.get('AppID')];
    const at = signedAt(ctx.get('Timestamp'), localTime, clock.now(), windowMs);
    if (at === null) throw notAuthenticated('no Timestamp of these minutes');

    const found = signing.get(appId);
    if (found !== undefined) limits.admit(found.application, address);
    const fields = await fieldsOf(ctx, appId, bodyLimit);
    // Also for one that is not known, so that the time tells nothing.
    const expected = (found?.application.secrets ?? nobodys).map((secret) => signatureOf(secret.reveal(), fields));
    const signature = expected.filter((each) => isSame(given, each))[0];
    if (found === undefined) throw notAuthenticated('no such AppID');
    if (signature === undefined) throw notAuthenticated('wrong Signature');
    const { application, memory } = found;
    if (ctx.get('CertID') !== application.certId) throw notAuthenticated('wrong CertID');

    const use = (): void => {
      if (ctx.method !== ONCE_ONLY) return;
      if (at < startedAt) throw notAuthenticated('signed before the service started');
      const usage = memory.use(signature, at, clock.now());
      if (usage === 'repeated') throw notAuthenticated('Signature used before');
      if (usage === 'full') throw rateLimited(RETRY_SECONDS);
    };
    return { application, role: 'admin', use };
  };
  return { isTriedBy: (ctx) => ctx.get('Signature') !== '' || ctx.get('AppID') !== '', client };
}

async function fieldsOf(
  ctx: HttpContext,
  appId: string,
  bodyLimit: SigningSurroundings['bodyLimit'],
): Promise<SignedFields> {
  const { method, path } = ctx;
  const body = BODY_SIGNED.has(method) ? await readBytes(ctx.req, bodyLimit(method, path)) : null;
  if (body !== null) ctx.state.sentBody = body;
  return { method, body, contentType: ctx.get('Content-Type'), timestamp: ctx.get('Timestamp'), appId, path };
}
