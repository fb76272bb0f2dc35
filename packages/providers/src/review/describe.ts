import type { ReachRule } from './review.ts';

/** Says a reach rule in words. */
export function describeReach(rule: ReachRule): string {
  const otherwise = 'absent' in rule && rule.absent ? `; left out: ${describeReach(rule.absent)}` : '';
  switch (rule.in) {
    case 'shared':
      return 'shared';
    case 'environment':
      return `${rule.stored ? 'every environment beside ' : ''}the environment ${rule.path} names${otherwise || '; left out: everything'}`;
    case 'resource':
      return rule.narrowed_by
        ? `of the environments its targets lie in, the one ${rule.narrowed_by} names`
        : 'every environment its targets lie in';
    case 'container':
      return `the ${rule.kind} ${rule.path} names: reads shared, else shared and every environment inside${otherwise}`;
    case 'inside':
      return `shared and every environment inside the ${rule.kind} ${rule.path} names${otherwise}`;
    case 'instances':
      return `every environment in which the ${rule.kind} ${rule.path} names has an instance, or would get one`;
    case 'everything':
      return 'shared and every environment';
  }
}
