import type { Instant } from '../../domain/ids';
import type { LocalTime } from './conversation-json';

/** No clock on earth has been set at any other moment since 2012. */
const QUARTER_MS = 900_000;
const QUARTERS_KNOWN = 1_000;
const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/**
 * `YYYY-MM-DD HH:mm:ss` on the clocks of this time zone. How far they are ahead is looked up once for each quarter of an hour,
 * and a date is written once for times in a row that share it.
 * @throws RangeError for a zone that does not exist.
 */
export function localTimeIn(timeZone: string): LocalTime {
  const aheadAt = clockIn(timeZone);
  const known = new Map<number, number>();
  let date = { day: NaN, text: '' };
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    let ahead = known.get(quarter);
    if (ahead === undefined) {
      ahead = aheadAt(at);
      if (known.size === QUARTERS_KNOWN) known.clear();
      known.set(quarter, ahead);
    }
    const day = Math.floor((at + ahead) / DAY_MS);
    if (day !== date.day) date = { day, text: new Date(day * DAY_MS).toISOString().slice(0, 10) };
    const seconds = Math.floor((at + ahead - day * DAY_MS) / 1000);
    const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return `${date.text} ${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[seconds % 60]}`;
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
