/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The module's classes ask for no OpenBLAS, which other backends do not bring along. */
class WithoutOpenBlasTest {

    @Test
    void training_needsNoOpenBlasOfItsOwn() throws Exception {
        Hiding loader = new Hiding();

        Object trained = training(loader).call();

        assertThat(trained).isEqualTo(new Training().call());
        assertThat(loader.loaded)
                .contains(
                        AllocationSession.class.getName(),
                        "io.github.dl4jdynamics.lca.nd4j.AllocationPass",
                        "io.github.dl4jdynamics.spectral.oracle.LossOracle");
        assertThat(loader.refused).isEmpty();
    }

    @Test
    void loader_refusesOpenBlas() {
        Hiding loader = new Hiding();

        assertThatThrownBy(() -> loader.loadClass("org.bytedeco.openblas.global.openblas"))
                .isInstanceOf(ClassNotFoundException.class);
        assertThat(loader.refused).isNotEmpty();
    }

    @SuppressWarnings("unchecked")
    private static Callable<Object> training(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> copy = Class.forName(Training.class.getName(), true, loader);
        assertThat(copy).isNotSameAs(Training.class);
        return (Callable<Object>) copy.getDeclaredConstructor().newInstance();
    }

    /** Follows a small network; instantiated by reflection. */
    public static final class Training implements Callable<Object> {
        /** For reflection. */
        public Training() {}

        @Override
        public Object call() {
            LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)))
                    .perClass(true)
                    .failFast(true)
                    .build();
            Model net = Nets.normalized(false, new Sgd(0.1));
            lca.attach(net);
            Nets.updates(net, 3);
            return lca.history().parameterTotals(0);
        }
    }

    /** Loads the module's classes itself, and finds no OpenBLAS for them. */
    private static final class Hiding extends ClassLoader {
        private final Set<String> loaded = new ConcurrentSkipListSet<>();
        private final Set<String> refused = new ConcurrentSkipListSet<>();

        Hiding() {
            super(WithoutOpenBlasTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.bytedeco.openblas")) {
                refused.add(name);
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.github.dl4jdynamics.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream code = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (code == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = code.readAllBytes();
                loaded.add(name);
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
