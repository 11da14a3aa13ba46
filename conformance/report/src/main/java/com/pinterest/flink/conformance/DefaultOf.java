// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import java.lang.reflect.Field;

/** The default of an option of Flink, which tests that do not set the option run with. */
final class DefaultOf {

    private DefaultOf() {}

    /**
     * Changes the default of an option that has one, before it is read.
     *
     * @param options the class with the option
     * @param name of the option's field
     * @param value of the type of the former default
     */
    static void set(Class<?> options, String name, Object value)
            throws ReflectiveOperationException {
        Object option = options.getField(name).get(null);
        Field defaultValue = option.getClass().getDeclaredField("defaultValue");
        defaultValue.setAccessible(true);
        Object before = defaultValue.get(option);
        if (before == null || !before.getClass().isInstance(value)) {
            throw new IllegalStateException("not a default of " + name + ": " + before);
        }
        defaultValue.set(option, value);
    }
}
