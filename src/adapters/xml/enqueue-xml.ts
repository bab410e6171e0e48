import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { XmlElement } from '../../domain/queue/enqueue-document';
import { joined, type Text } from '../../domain/text';
import { type XmlParser, XmlProblem } from '../../ports/parsing';
import { translated } from './xml-library-messages';

const MAX_BYTES = 16 * 1024;
const FORBIDDEN_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const DECLARATION = /^<\?xml[ \t\r\n][^<>?]*\?>/;

const SPACE = '[ \\t\\r\\n]';
const NAME = '[^ \\t\\r\\n<>"\'=/!?&]+';
const ATTRIBUTE = `${SPACE}+${NAME}${SPACE}*=${SPACE}*(?:"[^<"]*"|'[^<']*')`;
const COMMENT = '<!--(?:(?!--)[^])*-->';
const PIECE = new RegExp(
  `(?<comment>${COMMENT})|<${NAME}(?:${ATTRIBUTE})*${SPACE}*/?>|</${NAME}${SPACE}*>|[^<]+`,
  'y',
);

const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#0*([0-9]{1,7})|#x0*([0-9a-fA-F]{1,6}));/g;
const NAMED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

const PROBLEMS = {
  tooLong: { zh: `大于 ${MAX_BYTES} 字节`, en: `longer than ${MAX_BYTES} bytes` },
  character: { zh: 'XML 不允许的字符', en: 'a character that XML does not allow' },
  reference: { zh: '此 & 不是 XML 实体的开头', en: 'an & that begins none of the entities of XML' },
  textBehind: { zh: '根元素之后不应有文本', en: 'text after the root element' },
  documentType: { zh: '不允许文档类型声明', en: 'a document type is not allowed' },
  cdata: { zh: '不允许 CDATA 段', en: 'a CDATA section is not allowed' },
  instruction: { zh: '不允许处理指令', en: 'a processing instruction is not allowed' },
  notWellFormed: { zh: '不符合 XML 语法', en: 'not well-formed' },
  oneRoot: { zh: '须有且仅有一个根元素', en: 'exactly one root element is needed' },
} as const satisfies Readonly<Record<string, Text>>;

const ATTRIBUTES = ':@';
const TEXT = '#text';
const PREFIX = '@_';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: PREFIX,
  textNodeName: TEXT,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  onDangerousProperty: (name) => name, // Its own answer renames them; as own keys of our arrays they do no harm.
});

/**
 * The library passes over much that is not XML: a stray `=` between attributes, `<` in a value, an unfinished
 * comment, an unknown entity, text after an empty root. So the text is cut into its pieces by XML's own rules first.
 */
export const parseXml: XmlParser = (text) => {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new XmlProblem(PROBLEMS.tooLong);
  const document = text.replace(/^\uFEFF/, '').replace(DECLARATION, blank);
  refuseAt(document, document.search(FORBIDDEN_CHARACTER), PROBLEMS.character);
  const end = checkPieces(document);
  validate(document);
  if (/[^ \t\r\n]/.test(document.slice(end))) throw problemAt(document, end, PROBLEMS.textBehind);
  return onlyElement(parsed(document));
};

/** @returns the position behind the last piece of markup. */
function checkPieces(document: string): number {
  let end = 0;
  for (let at = 0; at < document.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(document);
    if (!piece) throw wrongMarkup(document, at);
    if (piece.groups?.comment === undefined) checkReferences(document, at, piece[0]);
    if (piece[0].startsWith('<')) end = PIECE.lastIndex;
  }
  return end;
}

/** As many spaces, so that lines and columns stay what they were. */
function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

function wrongMarkup(document: string, at: number): XmlProblem {
  const markup = document.slice(at);
  if (/^<!doctype/i.test(markup)) return problemAt(document, at, PROBLEMS.documentType);
  if (markup.startsWith('<![CDATA[')) return problemAt(document, at, PROBLEMS.cdata);
  if (markup.startsWith('<?')) return problemAt(document, at, PROBLEMS.instruction);
  if (!markup.startsWith('<!')) validate(document); // Says more precisely what is wrong with a tag, when it sees it.
  return problemAt(document, at, PROBLEMS.notWellFormed);
}

function checkReferences(document: string, from: number, piece: string): void {
  const rest = piece.replace(REFERENCE, (reference, ...groups) =>
    decoded(groups) === undefined ? reference : blank(reference),
  );
  const position = rest.indexOf('&');
  refuseAt(document, position < 0 ? -1 : from + position, PROBLEMS.reference);
}

function decoded([name, decimal, hexadecimal]: readonly (string | undefined)[]): string | undefined {
  if (name !== undefined) return NAMED.get(name);
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10);
  if (!(code <= 0x10ffff)) return undefined;
  const character = String.fromCodePoint(code);
  return FORBIDDEN_CHARACTER.test(character) ? undefined : character;
}

function resolveReferences(text: string): string {
  return text.replace(REFERENCE, (reference, ...groups) => decoded(groups) ?? reference);
}

function validate(document: string): void {
  const verdict = XMLValidator.validate(document);
  if (verdict === true) return;
  const { msg, line, col } = verdict.err;
  throw new XmlProblem(placed(line, col ?? 1, translated(msg)));
}

type Node = Readonly<Record<string, unknown>>;

function parsed(document: string): readonly Node[] {
  try {
    return parser.parse(document) as readonly Node[];
  } catch (error) {
    // It refuses deep nesting and names like `constructor` with plain errors.
    throw new XmlProblem(error instanceof Error ? translated(error.message) : PROBLEMS.notWellFormed);
  }
}

function onlyElement(nodes: readonly Node[]): XmlElement {
  const [root, ...more] = contentOf(nodes).children;
  if (!root || more.length > 0) throw new XmlProblem(PROBLEMS.oneRoot);
  return root;
}

function contentOf(nodes: readonly Node[]): Pick<XmlElement, 'children' | 'text'> {
  const text = nodes.map((node) => (Object.hasOwn(node, TEXT) ? (node[TEXT] as string) : '')).join('');
  const children = nodes.filter((node) => !Object.hasOwn(node, TEXT)).map(elementFrom);
  return { children, text: resolveReferences(text).trim() };
}

function elementFrom(node: Node): XmlElement {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES)!; // A node has its name and its attributes as keys.
  const written = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
  const attributes = Object.entries(written).map(([key, value]) => [
    key.slice(PREFIX.length),
    attributeValue(value),
  ]);
  return {
    name,
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    ...contentOf(node[name] as readonly Node[]),
  };
}

/** A line end or tab that is written as itself counts as a space there (XML 1.0, 3.3.3); a reference to one does not. */
function attributeValue(written: string): string {
  return resolveReferences(written.replace(/[\t\n]/g, ' '));
}

function refuseAt(document: string, position: number, problem: Text): void {
  if (position >= 0) throw problemAt(document, position, problem);
}

function problemAt(document: string, position: number, problem: Text): XmlProblem {
  const lines = document.slice(0, position).split(/\r\n?|\n/);
  return new XmlProblem(placed(lines.length, [...lines.at(-1)!].length + 1, problem));
}

function placed(line: number, column: number, problem: Text): Text {
  return joined(': ', { zh: `第 ${line} 行第 ${column} 列`, en: `line ${line}, column ${column}` }, problem);
}
