import type { LocalTime } from './conversation-json';

/**
 * `YYYY-MM-DD HH:mm:ss` on the clocks of this time zone. Making a formatter is expensive, using one is not.
 * @throws RangeError for a zone that does not exist.
 */
export function localTimeIn(timeZone: string): LocalTime {
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (at) => {
    const parts = new Map(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
    const [year, month, day] = [parts.get('year')!, parts.get('month')!, parts.get('day')!];
    return `${year}-${month}-${day} ${parts.get('hour')!}:${parts.get('minute')!}:${parts.get('second')!}`;
  };
}
