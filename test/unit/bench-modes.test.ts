import { turnOf } from '../../scripts/bench/parts/modes-part';

type Hear = (at: number) => void;

/** Whoever listens hears a packet each 5 ms, but while `isSilent`. */
class Mouth {
  isSilent = false;
  private hear: Hear | undefined;
  private readonly timer = setInterval(() => this.speak(), 5);

  listen(_port: number, _voice: number, hear: Hear): void {
    this.hear = hear;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private speak(): void {
    const { hear } = this;
    if (hear === undefined || this.isSilent) return;
    this.hear = undefined;
    hear(performance.now());
  }
}

const EAR = { port: 1, voice: 2 };

test('given a mode that works, it is timed and nothing was heard before', async () => {
  const mouth = new Mouth();
  const setSilent = async (isSilent: boolean): Promise<void> => void (mouth.isSilent = isSilent);
  const { ms, strays } = await turnOf(
    mouth,
    EAR,
    () => setSilent(true),
    () => setSilent(false),
  );
  mouth.close();
  expect(strays).toBe(0);
  expect(ms).toBeGreaterThan(0);
});

test('given a mode that does nothing, each packet is counted that should not have been heard', async () => {
  const mouth = new Mouth();
  const nothing = async (): Promise<void> => {};
  const { strays } = await turnOf(mouth, EAR, nothing, nothing);
  mouth.close();
  expect(strays).toBeGreaterThan(3);
});
