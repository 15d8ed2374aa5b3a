/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;

/**
 * Copies of configurations that share nothing with the original.
 *
 * <p>DL4J-M2.1: {@code clone()} shares updaters, their schedules and the layers inside wrappers, and forgets a graph's
 * topological order, iteration and epoch counts, the axis of a merge and the order and mask shape of a reshape. JSON
 * forgets {@code useLogStd(false)} of a network that was never initialised. Java serialization keeps all of it, and
 * objects that two layers shared stay shared between their copies.
 */
public final class ConfigurationCopy {
    private ConfigurationCopy() {}

    /**
     * A copy of a configuration and of all that it refers to.
     *
     * @param configuration of a network
     * @return shares no object with the original
     * @throws IllegalArgumentException if a part cannot be serialized
     */
    public static <T extends Serializable> T of(T configuration) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(configuration);
            }
            try (ObjectInputStream in = new Input(new ByteArrayInputStream(bytes.toByteArray()))) {
                @SuppressWarnings("unchecked")
                T copy = (T) in.readObject();
                return copy;
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "every part of the configuration must be serializable to be copied, got " + e
                            + "; make that class Serializable and static, as saving a model needs it too",
                    e);
        }
    }

    /** Finds layer classes of the application where this library is loaded by another class loader. */
    private static final class Input extends ObjectInputStream {
        Input(InputStream in) throws IOException {
            super(in);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return super.resolveClass(description);
            } catch (ClassNotFoundException e) {
                return Class.forName(
                        description.getName(), false, Thread.currentThread().getContextClassLoader());
            }
        }
    }
}
