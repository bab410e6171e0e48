import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import type { Text } from '../../src/domain/text';
import { XmlProblem } from '../../src/ports/parsing';
import { englishIn } from '../support/languages';

function problemOf(text: string): string {
  return toldOf(text).en;
}

function toldOf(text: string): Text {
  try {
    parseXml(text);
  } catch (error) {
    if (error instanceof XmlProblem) {
      expect(error.message).toBe(error.text.en);
      return error.text;
    }
    throw error;
  }
  throw new Error(`accepted: ${text.slice(0, 200)}`);
}

const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

describe('text becomes an element tree', () => {
  test('names, attributes, children and text are as written, in order', () => {
    expect(parseXml(`<a x=" 1 " y='"'><b/> t <c z="">u</c><b n = "2" ></b >v</a>\n`)).toStrictEqual({
      name: 'a',
      attributes: { x: ' 1 ', y: '"' },
      text: 't v',
      children: [
        { name: 'b', attributes: {}, text: '', children: [] },
        { name: 'c', attributes: { z: '' }, text: 'u', children: [] },
        { name: 'b', attributes: { n: '2' }, text: '', children: [] },
      ],
    });
  });

  test.each([
    ['a byte order mark', '\uFEFF<a/>'],
    ['a declaration', '<?xml version="1.0" encoding="GBK"?><a/>'],
    ['a declaration after a byte order mark', "\uFEFF<?xml version='1.0'?>\r\n<a/>"],
    ['a comment wherever one may be', '<!-- <b> & - --><a><!----></a><!-- " -->'],
    ['white space around', '\r\n\t <a/>\r\n\t '],
  ])('%s is tolerated', (_, text) => {
    expect(parseXml(text)).toStrictEqual({ name: 'a', attributes: {}, children: [], text: '' });
  });

  test.each([
    ['&amp;&lt;&gt;&quot;&apos;', `&<>"'`],
    ['&#65;&#x42;&#x1F600;&#0000067;', 'AB😀C'],
    ['&amp;lt;&#38;amp;', '&lt;&amp;'],
    ['a&#10;b&#9;c', 'a\nb\tc'],
    ['a\nb\tc\r\nd', 'a b c d'],
    ['1.0', '1.0'],
    ['true', 'true'],
    ['a > b', 'a > b'],
    ['$1 $$ `', '$1 $$ `'],
  ])('the value %j is read as %j', (written, value) => {
    expect(parseXml(`<a x="${written}"/>`).attributes).toStrictEqual({ x: value });
  });

  test('the same holds in text', () => {
    expect(parseXml('<a>1.0</a>').text).toBe('1.0');
    expect(parseXml('<a>&#60;b&gt; 1.0 <!-- x -->&amp;lt;</a>').text).toBe('<b> 1.0 &lt;');
  });

  test.each([
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'valueOf',
    '__defineGetter__',
  ])('the attribute %s is an own key like any other', (name) => {
    const { attributes } = parseXml(`<a ${name}="1"/>`);
    expect(Object.entries(attributes)).toStrictEqual([[name, '1']]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each(['hasOwnProperty', 'toString', 'valueOf', '__lookupGetter__'])(
    'the element %s keeps its name',
    (name) => {
      expect(parseXml(`<a><${name}/></a>`).children).toStrictEqual([
        { name, attributes: {}, children: [], text: '' },
      ]);
    },
  );
});

describe('what is not XML, or more than we take', () => {
  test.each([
    ['', /./],
    ['   ', /./],
    ['hello', /line 1, column 1/],
    ['<!-- only -->', /./],
    ['<?xml version="1.0"?>', /./],
    ['<', /./],
    ['<>', /./],
    ['<a', /./],
    ['<a>', /Unclosed tag 'a'/],
    ['</a>', /line 1, column 1/],
    ['<a></b>', /Expected closing tag 'a'/],
    ['<a><b></a></b>', /Expected closing tag 'b'/],
    ['<a/><b/>', /exactly one root/],
    ['<a></a><b></b>', /Multiple possible root/],
    ['<a/><!-- --><a/>', /exactly one root/],
    ['x<a/>', /line 1, column 1/],
    ['<a/>x', /line 1, column 5: text after the root/],
    ['<a></a>x', /Extra text/],
    ['<a/>&#65;', /line 1, column 5: text after the root/],
    ['<a/><!-- -->x', /line 1, column 13: text after the root/],
    ['<a/>\u00A0', /text after the root/],
    ['<a x/>', /boolean attribute 'x'/],
    ['<a x=1/>', /'x' is without value/],
    ['<a x="1/>', /open quote/],
    ['<a x="1"y="2"/>', /'y' has no space/],
    ['<a x="1" x="2"/>', /'x' is repeated/],
    ['<a =x="1"/>', /line 1, column 5/],
    ['<a x=="1"/>', /./],
    ['<a x="<"/>', /not well-formed/],
    ['<a x="<!-- -->"/>', /not well-formed/],
    ['<a / x="1"/>', /./],
    ['<a/ >', /./],
    ['<a></a b="1">', /./],
    ['< a/>', /./],
    ['<1a/>', /invalid name/],
    ['<a 1x="1"/>', /invalid name/],
    ['<a>\n <b>\n</a>', /line 3, column 1/],
    ['<!-- a', /line 1, column 1/],
    ['<a><!-- -- --></a>', /line 1, column 4: not well-formed/],
    ['<a>\n<!-- ></a>', /line 2, column 1/],
    ['<a>\r\n  &nbsp;</a>', /line 2, column 3: an & /],
    ['<a x="&e;"/>', /line 1, column 7: an & /],
    ['<a x="a & b"/>', /line 1, column 9: an & /],
    ['<a x="&amp"/>', /line 1, column 7: an & /],
    ['<a x="&AMP;"/>', /an & /],
    ['<a x="&#;"/>', /an & /],
    ['<a x="&#xZ;"/>', /an & /],
    ['<a x="&#X41;"/>', /an & /],
    ['<a x="&#0;"/>', /an & /],
    ['<a x="&#8;"/>', /an & /],
    ['<a x="&#xD800;"/>', /an & /],
    ['<a x="&#xFFFF;"/>', /an & /],
    ['<a x="&#x110000;"/>', /an & /],
    ['<a x="&#99999999999;"/>', /an & /],
    ['<a><![CDATA[x]]></a>', /line 1, column 4: a CDATA section/],
    ['<![CDATA[x]]><a/>', /line 1, column 1: a CDATA section/],
    ['<a/><?php x ?>', /line 1, column 5: a processing instruction/],
    ['<?xml-stylesheet href="x"?><a/>', /a processing instruction/],
    [' <?xml version="1.0"?><a/>', /./],
    ['<a><?xml version="1.0"?></a>', /./],
    ['<!ELEMENT a ANY><a/>', /line 1, column 1: not well-formed/],
    ['<a>\u0000</a>', /line 1, column 4: a character that XML does not allow/],
    ['<a x="\u0007"/>', /line 1, column 7: a character/],
    ['<a>\n😀\uD800</a>', /line 2, column 2: a character/],
    ['<a>\uDC00</a>', /a character/],
    ['<a>\uFFFE</a>', /a character/],
    ['<a>\uFEFF\uFEFF</a><', /./],
  ])('%j is refused', (text, message) => {
    const { zh, en } = toldOf(text);

    expect(en).toMatch(message);
    expect(englishIn(zh)).toEqual([]);
  });

  test.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a document type in small letters', '<!doctype a><a/>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'],
    [
      'a billion laughs',
      `<!DOCTYPE a [<!ENTITY l0 "ha">${[1, 2, 3, 4, 5, 6, 7, 8, 9]
        .map((each) => `<!ENTITY l${each} "${`&l${each - 1};`.repeat(10)}">`)
        .join('')}]><a>&l9;</a>`,
    ],
  ])('%s is refused as a document type', (_, text) => {
    expect(problemOf(text)).toBe('line 1, column 1: a document type is not allowed');
  });

  test.each(['__proto__', 'constructor', 'prototype'])('an element %s is refused', (name) => {
    const { zh, en } = toldOf(`<a><${name} x="1"/></a>`);
    expect([zh, en]).toEqual([`不允许名称 ${name}`, expect.stringContaining(name)]);
  });

  test('one byte more than 16 KiB is refused, whatever it is', () => {
    const exact = `<a x="${'x'.repeat(16384 - 9)}"/>`;
    expect(Buffer.byteLength(exact)).toBe(16384);
    expect(parseXml(exact).name).toBe('a');
    expect(problemOf(`${exact} `)).toBe('longer than 16384 bytes');
    expect(problemOf('é'.repeat(8193))).toBe('longer than 16384 bytes');
    expect(problemOf('x'.repeat(50_000_000))).toBe('longer than 16384 bytes');
  });

  test('deep nesting is refused', () => {
    expect(parseXml(nested(50)).name).toBe('a');
    expect(problemOf(nested(2300))).toMatch(/nested/);
  });

  test.each([
    ['spaces in a tag', `<a${' '.repeat(16000)}`],
    ['an open quote', `<a x="${'<'.repeat(16000)}`],
    ['attributes without end', `<a${' x="1"'.repeat(2500)}`],
    ['tags without end', '<a '.repeat(5000)],
    ['comments', `${'<!---->'.repeat(2300)}`],
    ['comment beginnings', '<!--'.repeat(4000)],
    ['dashes in a comment', `<!--${'-'.repeat(16000)}`],
    ['ampersands', `<a>${'&'.repeat(16000)}</a>`],
    ['digits in a reference', `<a>&#${'0'.repeat(16000)}</a>`],
    ['open elements', '<a>'.repeat(5000)],
    ['declarations', '<?xml '.repeat(2700)],
    ['equal signs', `<a ${'='.repeat(16000)}/>`],
  ])('%s up to the limit are refused within a second', (_, text) => {
    const before = performance.now();
    const { zh, en } = toldOf(text);
    expect([zh.length < 300, en.length < 300, englishIn(zh)]).toEqual([true, true, []]);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
