import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

const RESOLUTION_MS = 10;

/** How the process itself is doing, under the names that dashboards know. Returns how to stop measuring. */
export function registerProcessFigures(registry: Registry): () => void {
  const registers = [registry];
  const startedAt = Date.now() / 1000 - process.uptime();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();

  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time that was used, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory that is in use.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process was started, in seconds since the epoch.',
    registers,
    collect() {
      this.set(startedAt);
    },
  });
  new Gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late the process comes to what it has to do, since these figures were last read.',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const quantile of [0.5, 0.99, 1]) {
        const ms = delay.percentile(quantile * 100) / 1e6 - RESOLUTION_MS; // It tells the whole interval.
        this.set({ quantile }, Math.max(0, ms / 1000));
      }
      delay.reset();
    },
  });
  return () => void delay.disable();
}
