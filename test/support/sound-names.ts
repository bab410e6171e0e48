export type MalformedSoundName = {
  readonly name: string;
  /** The place of the mistake, in characters from 1; null: the whole of it. */
  readonly at: number | null;
  readonly problem: RegExp;
};

const ODD = /only letters, digits/;
const DOTS = /only one dot/;
const BARE = /extension is missing/;

/** No file of sound may be called so. */
export const MALFORMED_SOUND_NAMES: readonly MalformedSoundName[] = [
  { name: 'welcome', at: 8, problem: BARE },
  { name: '欢迎', at: 3, problem: BARE },
  { name: 'welcome.', at: 9, problem: BARE },
  { name: '.wav', at: 1, problem: /begin with a dot/ },
  { name: '.', at: 1, problem: /begin with a dot/ },
  { name: '..', at: 1, problem: /begin with a dot/ },
  { name: '...', at: 1, problem: /begin with a dot/ },
  { name: '..wav', at: 1, problem: /begin with a dot/ },
  { name: '../welcome.wav', at: 3, problem: ODD },
  { name: '..\\welcome.wav', at: 3, problem: ODD },
  { name: '/etc/passwd', at: 1, problem: ODD },
  { name: 'a/b.wav', at: 2, problem: ODD },
  { name: 'a\\b.wav', at: 2, problem: ODD },
  { name: 'C:\\a.wav', at: 2, problem: ODD },
  { name: 'a.tar.gz', at: 6, problem: DOTS },
  { name: 'a..wav', at: 3, problem: DOTS },
  { name: 'a.wav.', at: 6, problem: DOTS },
  { name: 'a b.wav', at: 2, problem: ODD },
  { name: ' a.wav', at: 1, problem: ODD },
  { name: 'a.wav ', at: 6, problem: ODD },
  { name: 'a\t.wav', at: 2, problem: ODD },
  { name: 'a\n.wav', at: 2, problem: ODD },
  { name: 'a.wav\n', at: 6, problem: ODD },
  { name: 'a\r\n.wav', at: 2, problem: ODD },
  { name: 'a\u0000.wav', at: 2, problem: ODD },
  { name: 'a.wav\u0000.txt', at: 6, problem: ODD },
  { name: 'a\u007f.wav', at: 2, problem: ODD },
  { name: 'a\u00a0b.wav', at: 2, problem: ODD },
  { name: 'a\u200b.wav', at: 2, problem: ODD },
  { name: 'a\u202egpj.wav', at: 2, problem: ODD },
  { name: '\ufeffa.wav', at: 1, problem: ODD },
  { name: '欢迎！.wav', at: 3, problem: ODD },
  { name: '欢迎。wav', at: 3, problem: ODD },
  { name: '😀.wav', at: 1, problem: ODD },
  { name: '好😀.wav', at: 2, problem: ODD },
  { name: 'a&b.wav', at: 2, problem: ODD },
  { name: 'a,b.wav', at: 2, problem: ODD },
  { name: 'a;b.wav', at: 2, problem: ODD },
  { name: 'a|b.wav', at: 2, problem: ODD },
  { name: 'a=b.wav', at: 2, problem: ODD },
  { name: "a'b.wav", at: 2, problem: ODD },
  { name: 'a"b.wav', at: 2, problem: ODD },
  { name: '$(reboot).wav', at: 1, problem: ODD },
  { name: '`reboot`.wav', at: 1, problem: ODD },
  { name: '${IFS}.wav', at: 1, problem: ODD },
  { name: '*.wav', at: 1, problem: ODD },
  { name: '?.wav', at: 1, problem: ODD },
  { name: '[a].wav', at: 1, problem: ODD },
  { name: '~.wav', at: 1, problem: ODD },
  { name: '#.wav', at: 1, problem: ODD },
  { name: '%2e%2e.wav', at: 1, problem: ODD },
  { name: '+.wav', at: 1, problem: ODD },
  { name: 'sound:welcome', at: 6, problem: ODD },
  { name: 'sound:welcome.wav', at: 6, problem: ODD },
  { name: 'digits:12', at: 7, problem: ODD },
  { name: 'http://example.com/a.wav', at: 5, problem: ODD },
  { name: `${'a'.repeat(125)}.wav`, at: null, problem: /at most 128 characters/ },
  { name: `${'😀'.repeat(129)}.wav`, at: null, problem: /at most 128 characters/ },
  { name: `${'a'.repeat(5000)}.wav`, at: null, problem: /at most 128 characters/ },
  { name: `${'欢'.repeat(84)}.wav`, at: null, problem: /at most 255 bytes/ },
];
