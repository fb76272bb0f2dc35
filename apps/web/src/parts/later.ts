import { lazyRouteComponent } from '@tanstack/react-router';
import { type LazyExoticComponent, lazy } from 'react';
import { loaded } from '../api/load.ts';

/** The page of a route, whose code is loaded when it is first opened. */
export const pageLater: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(() => loaded(load, 'page'), name);

type Component = Awaited<ReturnType<Parameters<typeof lazy>[0]>>['default'];

/** A part of a page, whose code is loaded when it is first shown. */
export function later<C extends Component>(load: () => Promise<C>): LazyExoticComponent<C> {
  return lazy(async () => ({ default: await loaded(load, 'part') }));
}
