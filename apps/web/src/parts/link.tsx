import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type TextProps = AnchorProps & Omit<ComponentPropsWithRef<'a'>, keyof AnchorProps>;
type LookProps = ButtonProps & Omit<ComponentPropsWithRef<'a'>, keyof ButtonProps>;

/** A link to another page, in text. */
export const TextLink = createLink((props: TextProps) => <Anchor {...props} />);

/** A link to another page that looks like a button. */
export const ButtonLink = createLink((props: LookProps) => <Button component="a" {...props} />);
