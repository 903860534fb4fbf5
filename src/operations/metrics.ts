// Numbers for Prometheus: the process, its requests, the engine, and how far each assistant is.
import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Engine } from '../inference/engine.js';
import { Readiness } from './readiness.js';
import { VERSION } from './version.js';

const REQUEST_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10];

interface AssistantNumbers {
  slug: string;
  champion: number;
  examples: number;
}

@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'retune_http_request_seconds',
    help: 'Time to answer HTTP requests, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers: [this.registry],
  });

  constructor(
    private readonly database: DataSource,
    private readonly engine: Engine,
    private readonly readiness: Readiness,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('retune_info', 'Always 1; the label says which version runs.', ['version']).set({ version: VERSION }, 1);
    this.engineGauge('retune_engine_slots', 'Answers that can be written at the same time.', ({ slots }) => slots);
    this.engineGauge('retune_engine_busy_slots', 'Answers being written.', ({ busySlots }) => busySlots);
    this.engineGauge('retune_engine_queued', 'Answers waiting for a slot.', ({ queued }) => queued);
    this.engineGauge('retune_engine_loaded_versions', 'Adapter versions in memory.', ({ loaded }) => loaded.length);
    this.champion = this.gauge('retune_champion_version', 'Adapter version that answers; 0 is the base.', [
      'assistant',
    ]);
    this.examples = this.gauge('retune_examples_new', 'Examples that no training run has used yet.', ['assistant']);
    this.databaseUp = this.gauge('retune_database_up', 'Whether Postgres answers: 1 or 0.');
  }

  private readonly champion: Gauge;
  private readonly examples: Gauge;
  private readonly databaseUp: Gauge;

  /** Content type of `text()`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything in Prometheus' text format. Never throws: without Postgres the assistants' numbers are left out. */
  async text(): Promise<string> {
    const numbers = (await this.readiness.databaseLatencyMs()) === null ? undefined : await this.assistants();
    this.databaseUp.set(numbers ? 1 : 0);
    this.champion.reset();
    this.examples.reset();
    for (const { slug, champion, examples } of numbers ?? []) {
      this.champion.set({ assistant: slug }, champion);
      this.examples.set({ assistant: slug }, examples);
    }
    return this.registry.metrics();
  }

  /** Counts one answered request. @param route the pattern, not the address, so that the number of series stays small */
  observe(request: { method: string; route: string; status: number; seconds: number }): void {
    const { method, route, status, seconds } = request;
    this.requests.observe({ method, route, status }, seconds);
  }

  private assistants(): Promise<AssistantNumbers[] | undefined> {
    return this.database
      .query<AssistantNumbers[]>(
        `SELECT slug, champion_version AS champion,
          (SELECT count(*)::int FROM examples WHERE assistant_id = assistants.id AND first_run_id IS NULL AND status = 'accepted') AS examples
        FROM assistants ORDER BY slug`,
      )
      .catch(() => undefined);
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private engineGauge(name: string, help: string, read: (state: ReturnType<Engine['state']>) => number): void {
    const state = () => this.engine.state();
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read(state()));
      },
    });
  }
}
