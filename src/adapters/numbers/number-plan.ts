import parse, { type CountryCode, isSupportedCountry, type PhoneNumber } from 'libphonenumber-js/max';
import type { NumberClass, ReadNumber } from '../../domain/outside/outside-rules';

type Written = Pick<ReadNumber, 'forms' | 'bare'>;

const UNKNOWN: Written = { forms: [], bare: [] };

/** What is dialled for calls abroad, somewhere; what chooses a carrier as well is not among it. */
const ACCESS_CODES = ['00', '001', '009', '010', '011', '0011', '000', '020', '119', '810'];
/** What is dialled before a number of the same country, somewhere. */
const TRUNK_CODES = ['0', '1', '8', '06'];
/** Known everywhere, to see what a country's access codes are: of the United Kingdom, and of Australia for those there. */
const SAMPLES = ['442079460000', '61291234567'];

/**
 * To read a number takes 25 to 70 µs (measured), all its ways of writing up to 500, and those of agents at ordinary telephones
 * are judged again and again. The one that was asked for last is the last; one takes 0.5 to 1.3 KB.
 */
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
  const reading = readings.get(key) ?? new Reading(number, country as CountryCode);
  readings.delete(key);
  readings.set(key, reading);
  if (readings.size > MOST_READINGS) readings.delete(readings.keys().next().value!);
  return reading;
}

class Reading implements ReadNumber {
  readonly classes: readonly NumberClass[];
  private written: Written | undefined;

  constructor(
    private readonly number: string,
    private readonly home: CountryCode,
  ) {
    const found = known(number, home);
    this.classes = found === undefined ? [] : classesOf(found, home);
  }

  get forms(): readonly string[] {
    return this.all().forms;
  }

  get bare(): ReadNumber['bare'] {
    return this.all().bare;
  }

  private all(): Written {
    return (this.written ??= writtenAs(this.number, this.home));
  }
}

function classesOf(number: PhoneNumber, home: CountryCode): readonly NumberClass[] {
  const isForeign = number.country !== home;
  const isPremium = number.getType() === 'PREMIUM_RATE';
  return [
    ...(isForeign ? ['international' as const] : []),
    ...(isPremium ? ['premium' as const] : []),
    ...(isForeign || isPremium ? [] : ['national' as const]),
  ];
}

function known(number: string, home: CountryCode): PhoneNumber | undefined {
  const found = parse(number, home);
  return found?.isValid() === true ? found : undefined;
}

function writtenAs(number: string, home: CountryCode): Written {
  const found = known(number, home);
  if (found !== undefined) return { forms: formsOf(found, home), bare: bareOf(found, home) };
  const taken = known(`+${number}`, home);
  if (taken === undefined) return UNKNOWN;
  const forms = formsOf(taken, home).map((form) => ({ form, code: '' }));
  return { forms: [], bare: [...forms, ...bareOf(taken, home)] };
}

/** Those of the ways to write a number that are read as this one. */
function formsOf(number: PhoneNumber, home: CountryCode): readonly string[] {
  const { countryCallingCode: code } = number;
  const within = withinCountry(number);
  const isIt = (form: string): boolean => known(form, home)?.number === number.number;
  const abroad = within.map((each) => code + each).filter((each) => isIt(`+${each}`));
  return [
    ...within.filter(isIt),
    ...['+', ...accessCodesOf(home)].flatMap((access) => abroad.map((each) => access + each)),
  ];
}

function bareOf(number: PhoneNumber, home: CountryCode): ReadNumber['bare'] {
  const { countryCallingCode: code } = number;
  const written = withinCountry(number).map((each) => code + each);
  const isIt = (form: string): boolean => (known(form, home) ?? known(`+${form}`, home))?.number === number.number;
  return written.filter(isIt).map((form) => ({ form, code }));
}

/** With and without what is dialled before it in its own country, or in another one. */
function withinCountry(number: PhoneNumber): readonly string[] {
  const { nationalNumber } = number;
  const dialled = TRUNK_CODES.map((code) => code + nationalNumber);
  return [...new Set([nationalNumber, number.formatNational().replace(/\D/g, ''), ...dialled])];
}

const accessCodes = new Map<CountryCode, readonly string[]>();

function accessCodesOf(home: CountryCode): readonly string[] {
  const codes =
    accessCodes.get(home) ??
    ACCESS_CODES.filter((code) => SAMPLES.some((each) => known(code + each, home)?.number === `+${each}`));
  accessCodes.set(home, codes);
  return codes;
}
