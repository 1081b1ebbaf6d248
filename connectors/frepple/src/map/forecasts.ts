import type { ImportRun } from './import-run.ts';
import { present } from './import-run.ts';

const GRANULARITY: Readonly<Record<string, 'DAY' | 'WEEK' | 'MONTH'>> = { day: 'DAY', week: 'WEEK', month: 'MONTH' };

/** Forecast series. frePPLe's fixtures have no buckets: the engine computes them. */
export function mapForecasts(run: ImportRun, bucketType: string | undefined, publishedAt: string): void {
  const granularity = GRANULARITY[bucketType ?? ''] ?? 'MONTH';
  for (const record of run.plant.records.all('forecast.forecast')) {
    const { name, item, location, customer, method, priority, discrete, planned } = record.values;
    const data = {
      sku: item,
      location,
      customer,
      name,
      granularity,
      unit: run.plant.unitOf(item),
      version: 'frepple',
      publishedAt,
      status: 'PUBLISHED' as const,
      method,
      priority,
      discrete,
      planned,
      complete: false,
      buckets: [],
    };
    run.report('ForecastReported', present(data), [record]);
  }
}
