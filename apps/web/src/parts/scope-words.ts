import { conditionLine, type Detail } from '@writ/core';

/** Of what alone, and only where: all that narrows a detail, one line each. */
export function narrowingOf({ resources = [], arguments: conditions = {} }: Detail): string[] {
  const lines = Object.entries(conditions).flatMap(([operation, paths]) =>
    Object.entries(paths).map(([path, condition]) => conditionLine({ operation, path, condition })),
  );
  return [...resources.map((resource) => `only of ${resource}`), ...lines.map((line) => `only where ${line}`)];
}

/** What narrows nothing of a detail, in words; undefined where both are narrowed. */
export function openOf({ resources, arguments: conditions }: Detail): string | undefined {
  const open = [
    ...(resources === undefined ? ['of anything there'] : []),
    ...(conditions === undefined ? ['with any arguments'] : []),
  ];
  return open.length === 0 ? undefined : open.join(', ');
}
