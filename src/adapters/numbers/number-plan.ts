import parse, { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import type { NumberClass, ReadNumber } from '../../domain/outside/outside-rules';

const UNKNOWN: ReadNumber = { classes: [], forms: [] };

/** To read a number takes 25 to 70 µs (measured), and those of agents at ordinary telephones are judged again and again. */
const readings = new Map<string, ReadNumber>();
const MOST_READINGS = 1_000;

export function isCountry(text: string): boolean {
  return isSupportedCountry(text);
}

/**
 * What the world's number plans say of a number as it is dialled in the country. Short codes, internal numbers and what
 * nobody has been given are not known.
 */
export function readNumber(number: string, country: string): ReadNumber {
  const key = `${country} ${number}`;
  const known = readings.get(key);
  if (known !== undefined) return known;
  if (readings.size >= MOST_READINGS) readings.clear();
  const reading = read(number, country);
  readings.set(key, reading);
  return reading;
}

function read(number: string, country: string): ReadNumber {
  const home = country as CountryCode;
  const found = parse(number, home);
  if (found?.isValid() !== true) return UNKNOWN;
  const isForeign = found.country !== home;
  const isPremium = found.getType() === 'PREMIUM_RATE';
  const classes: readonly NumberClass[] = [
    ...(isForeign ? ['international' as const] : []),
    ...(isPremium ? ['premium' as const] : []),
    ...(isForeign || isPremium ? [] : ['national' as const]),
  ];
  const { number: international, nationalNumber } = found;
  const national = [nationalNumber, found.formatNational().replace(/\D/g, '')];
  return { classes, forms: isForeign ? [international] : [international, ...national] };
}
