/** A measured value as people read it. What providers call `size_mb` or `created_at` is a size or a time, whatever else it is called. */
export function factsText(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => factText(name, value))
    .join(' · ');
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function factText(name: string, value: unknown): string {
  if (name.endsWith('_mb') && typeof value === 'number') return `${words(name.slice(0, -3))} ${sizeOf(value)}`;
  if (name.endsWith('_at') && typeof value === 'string' && !Number.isNaN(Date.parse(value)))
    return `${words(name.slice(0, -3))} ${moment.format(new Date(value))}`;
  return `${words(name)} ${Array.isArray(value) ? value.map(String).join(', ') : String(value)}`;
}

function sizeOf(megabytes: number): string {
  return megabytes < 1_000 ? `${megabytes} MB` : `${(megabytes / 1_000).toFixed(1).replace(/\.0$/, '')} GB`;
}

/** `volume_instance` -> `volume instance`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

/** Arguments as pairs of a dotted path and what stands there; lists as they are. */
export function leaves(value: unknown, path = ''): (readonly [path: string, text: string])[] {
  const isTree = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isTree) return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
}
