import type { Instant } from '../../domain/ids';
import type { LocalTime } from './conversation-json';

/** No clock on earth has been set at any other moment since 2012. */
const QUARTER_MS = 900_000;
const QUARTERS_KNOWN = 1_000;

/**
 * `YYYY-MM-DD HH:mm:ss` on the clocks of this time zone. How far they are ahead is looked up once for each quarter of an hour.
 * @throws RangeError for a zone that does not exist.
 */
export function localTimeIn(timeZone: string): LocalTime {
  const aheadAt = clockIn(timeZone);
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    let ahead = known.get(quarter);
    if (ahead === undefined) {
      ahead = aheadAt(at);
      if (known.size === QUARTERS_KNOWN) known.clear();
      known.set(quarter, ahead);
    }
    const text = new Date(at + ahead).toISOString();
    return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  };
}

/** Milliseconds that the clocks of the zone are ahead of UTC. */
function clockIn(timeZone: string): (at: Instant) => number {
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map(formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const [year, month, day] = [parts.get('year')!, parts.get('month')!, parts.get('day')!];
    const clock = Date.UTC(year, month - 1, day, parts.get('hour'), parts.get('minute'), parts.get('second'));
    return clock - Math.floor(at / 1000) * 1000;
  };
}
