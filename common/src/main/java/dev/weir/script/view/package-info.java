/**
 * What scripts see of a capture: views that read and write a draft of it in place. Nothing is
 * copied or decoded before a script asks for it.
 */
@NullMarked
package dev.weir.script.view;

import org.jspecify.annotations.NullMarked;
