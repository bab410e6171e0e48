import { isIPv6 } from 'node:net';
import type { Metrics } from '../../ports/metrics';
import type { Clock } from '../../ports/system';
import { rateLimited } from './http-problem';
import { type Application, HTTP_LIMITS, type HttpSettings } from './http-settings';
import { TokenBuckets } from './token-buckets';

/** How much of a second's requests a client may send at once. */
const AT_ONCE = 2;
/** A person who mistypes gets another chance every second. */
const FAILURES_PER_SECOND = 1;
/** Each takes as much memory as it is long. */
const HELD_AT_ONCE = 2;

type Surroundings = {
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Pick<Metrics, 'requestLimited'>;
};

/** How many requests a client may send, and how often it may fail to show who it is. */
export class RateLimits {
  /** Of applications that have a limit. */
  private readonly requests: ReadonlyMap<Application['id'], TokenBuckets>;
  private readonly failures: TokenBuckets;
  /** By network, how many long bodies. */
  private readonly held = new Map<string, number>();

  constructor(
    {
      applications,
      requestsPerSecond,
      limits,
    }: Pick<HttpSettings, 'applications' | 'requestsPerSecond' | 'limits'>,
    private readonly surroundings: Surroundings,
  ) {
    const rates = applications.map((each) => ({
      id: each.id,
      perSecond: each.requestsPerSecond ?? requestsPerSecond,
    }));
    this.requests = new Map(
      rates
        .filter(({ perSecond }) => perSecond > 0)
        .map(({ id, perSecond }) => [id, new TokenBuckets({ perSecond, atOnce: perSecond * AT_ONCE })]),
    );
    const { failuresAtOnce } = { ...HTTP_LIMITS, ...limits };
    this.failures = new TokenBuckets({ perSecond: FAILURES_PER_SECOND, atOnce: failuresAtOnce });
  }

  /**
   * Counts a request that claims to be of the application, by its token, if it has one, and its address.
   * @throws HttpProblem when it is one too many.
   */
  admit({ id }: Pick<Application, 'id'>, address: string, token = ''): void {
    const buckets = this.requests.get(id);
    if (buckets === undefined) return;
    const { clock, metrics } = this.surroundings;
    const name = `${token} ${networkOf(address)}`;
    const seconds = buckets.secondsUntilToken(name, clock.now());
    if (seconds === 0) return buckets.take(name, clock.now());
    metrics.requestLimited(id, 'requests');
    throw rateLimited(seconds, 'too many requests of this client');
  }

  /**
   * A long body, of a client that still has to show who it is, is being read from now on, until the returned function is called.
   * @throws HttpProblem when that are too many of that address at once.
   */
  hold({ id }: Pick<Application, 'id'>, address: string): () => void {
    const network = networkOf(address);
    const others = this.held.get(network) ?? 0;
    if (others >= HELD_AT_ONCE) {
      this.surroundings.metrics.requestLimited(id, 'requests');
      throw rateLimited(1, 'too many long bodies of this address at once');
    }
    this.held.set(network, others + 1);
    return () => {
      const left = this.held.get(network)! - 1;
      if (left > 0) this.held.set(network, left);
      else this.held.delete(network);
    };
  }

  /** Before credentials are looked at. @throws HttpProblem when too many of that address were no good. */
  admitCredentials(address: string): void {
    const { clock, metrics } = this.surroundings;
    const seconds = this.failures.secondsUntilToken(networkOf(address), clock.now());
    if (seconds === 0) return;
    metrics.requestLimited(null, 'failures');
    throw rateLimited(seconds, 'too many failed authentications from this address');
  }

  /** Credentials of that address were no good. */
  failed(address: string): void {
    this.failures.take(networkOf(address), this.surroundings.clock.now());
  }
}

/** Whoever has one address of IPv6 has 2⁶⁴ of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || /^::ffff:\d+\./i.test(address)) return address.replace(/^::ffff:/i, '');
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
