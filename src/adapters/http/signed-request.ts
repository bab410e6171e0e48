import type { Clock } from '../../ports/system';
import type { WayIn } from './authentication';
import { notAuthenticated, rateLimited } from './http-problem';
import type { Application, HttpSettings } from './http-settings';
import { localTimeIn } from './local-time';
import type { RateLimits } from './rate-limits';
import { ReplayMemory } from './replay-memory';
import { MAX_JSON_BYTES, readBytes } from './request-body';
import type { HttpContext } from './request-state';
import { isSame, signatureOf, signedAt, type SignedFields } from './signature';

export type SigningSurroundings = {
  readonly clock: Pick<Clock, 'now'>;
  /** How long the body of a request may be, in bytes. */
  readonly bodyLimit: (method: string, path: string) => number;
};

/** How any looks: base64 of 32 bytes. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;
const USED_BEFORE = 'Signature used before';
const TOO_OLD = 'no Timestamp of these minutes';
const BODY_SIGNED: ReadonlySet<string> = new Set(['POST', 'PUT']);
/** More than can be remembered were signed: none is taken that could have been taken before. */
const RETRY_SECONDS = 30;
/** What starts something is to start it once. */
const ONCE_ONLY = 'POST';

/**
 * The headers `AppID`, `CertID`, `Timestamp`, `Signature`. Whoever signs may do everything in the application. The body is
 * signed, too, so it has to be read to know: not before all that can be looked at without it is as it should be.
 */
export function bySignature(
  { applications, timeZone, signatureWindowSeconds }: HttpSettings,
  { clock, bodyLimit }: SigningSurroundings,
  limits: Pick<RateLimits, 'admit' | 'failed' | 'hold'>,
): WayIn {
  const windowMs = signatureWindowSeconds * 1000;
  const localTime = localTimeIn(timeZone);
  const signing = new Map(
    applications
      .filter(({ secrets }) => secrets.length > 0)
      .map((application) => [application.id as string, { application, memory: new ReplayMemory(windowMs) }]),
  );
  // What was used before the start is not known, in its second either: nothing that was signed by then is taken.
  const knownSince = (Math.floor(clock.now() / 1000) + 1) * 1000;

  const client: WayIn['client'] = (ctx, address) => {
    const signature = ctx.get('Signature');
    const at = signedAt(ctx.get('Timestamp'), localTime, clock.now(), windowMs);
    if (at === null) throw notAuthenticated(TOO_OLD);
    const found = signing.get(ctx.get('AppID'));
    if (found === undefined) throw notAuthenticated('no such AppID');
    const { application, memory } = found;
    limits.admit(application, address);
    if (ctx.get('CertID') !== application.certId) throw notAuthenticated('wrong CertID');
    if (!SIGNATURE.test(signature)) throw notAuthenticated('wrong Signature');
    const isOnceOnly = ctx.method === ONCE_ONLY;

    const use = async (): Promise<void> => {
      if (isOnceOnly && at < knownSince) throw notAuthenticated('signed before the service started');
      if (isOnceOnly && memory.has(signature, at)) throw notAuthenticated(USED_BEFORE);
      const fields = fieldsOf(ctx, await signedBody(ctx, application, address));
      const expected = application.secrets.map((secret) => signatureOf(secret.reveal(), fields));
      if (expected.filter((each) => isSame(signature, each)).length === 0) {
        limits.failed(address);
        throw notAuthenticated('wrong Signature');
      }
      if (!isOnceOnly) return;
      const usage = memory.use(signature, at, clock.now());
      if (usage === 'repeated') throw notAuthenticated(USED_BEFORE);
      if (usage === 'too-old') throw notAuthenticated(TOO_OLD);
      if (usage === 'full') throw rateLimited(RETRY_SECONDS);
    };
    return { application, role: 'admin', use };
  };

  const signedBody = async (ctx: HttpContext, app: Application, address: string): Promise<Buffer | null> => {
    if (!BODY_SIGNED.has(ctx.method)) return null;
    const limit = bodyLimit(ctx.method, ctx.path);
    const release = limit > MAX_JSON_BYTES ? limits.hold(app, address) : null;
    try {
      return (ctx.state.sentBody = await readBytes(ctx.req, limit));
    } finally {
      release?.();
    }
  };
  return { isTriedBy: (ctx) => ctx.get('Signature') !== '' || ctx.get('AppID') !== '', client };
}

function fieldsOf(ctx: HttpContext, body: Buffer | null): SignedFields {
  const { method, path } = ctx;
  const [contentType, timestamp, appId] = [ctx.get('Content-Type'), ctx.get('Timestamp'), ctx.get('AppID')];
  return { method, body, contentType, timestamp, appId, path };
}
