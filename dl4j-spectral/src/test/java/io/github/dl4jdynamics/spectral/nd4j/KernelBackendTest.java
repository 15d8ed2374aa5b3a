/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.io.File;
import java.lang.reflect.Constructor;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class KernelBackendTest {

    @AfterEach
    void clearProperty() {
        System.clearProperty(KernelBackend.PROPERTY);
    }

    @Test
    void auto_whereOpenBlasLoads_isLapack() {
        assertThat(DenseKernels.auto().backend()).isEqualTo(KernelBackend.LAPACK);
        assertThat(DenseKernels.auto()).hasToString("DenseKernels[LAPACK]");
    }

    @ParameterizedTest
    @CsvSource({"java, JAVA", "JAVA, JAVA", "lapack, LAPACK", "nd4j, ND4J", "auto, LAPACK"})
    void property_replacesAutoOnly(String value, KernelBackend expected) {
        System.setProperty(KernelBackend.PROPERTY, value);

        assertThat(DenseKernels.auto().backend()).isEqualTo(expected);
        assertThat(DenseKernels.of(KernelBackend.JAVA).backend()).isEqualTo(KernelBackend.JAVA);
        assertThat(DenseKernels.of(KernelBackend.LAPACK).backend()).isEqualTo(KernelBackend.LAPACK);
    }

    @Test
    void property_ofUnknownValue_isRefused() {
        System.setProperty(KernelBackend.PROPERTY, "mkl");

        assertThatIllegalArgumentException()
                .isThrownBy(DenseKernels::auto)
                .withMessage("system property dl4jdynamics.kernels must be auto, lapack, java or nd4j, got 'mkl'");
    }

    @Test
    void withoutOpenBlasClasses_autoFallsBackToJava() throws Exception {
        Map<String, String> seen = seenWithout(path -> path.contains("openblas"));

        assertThat(seen)
                .containsEntry("auto", "JAVA")
                .containsEntry("spectrum", "[1.0, 4.0]")
                .containsEntry("threads", "0")
                .containsEntry("threads while limited", "0");
        assertThat(seen.get("lapack"))
                .startsWith("java.lang.IllegalStateException: kernel back end LAPACK cannot be used:"
                        + " java.lang.NoClassDefFoundError: org/bytedeco/openblas/")
                .endsWith("; add org.bytedeco:openblas with the classifier of this platform, or take AUTO or JAVA");
    }

    @Test
    void withoutOpenBlasNatives_autoFallsBackToJava() throws Exception {
        Map<String, String> seen = seenWithout(path -> path.matches(".*openblas-[0-9.]+-[0-9.]+-.+\\.jar"));

        assertThat(seen).containsEntry("auto", "JAVA").containsEntry("spectrum", "[1.0, 4.0]");
        assertThat(seen.get("lapack")).contains("cannot be used: java.lang.", "Error");
    }

    /** Runs {@link Observer} in a class loader of its own that lacks some class path entries. */
    @SuppressWarnings("unchecked")
    private static Map<String, String> seenWithout(Predicate<String> hidden) throws Exception {
        try (URLClassLoader loader = loaderWithout(hidden)) {
            Class<?> observer = loader.loadClass(Observer.class.getName());
            assertThat(observer).isNotSameAs(Observer.class);
            Constructor<?> constructor = observer.getDeclaredConstructor();
            constructor.setAccessible(true);
            return ((Callable<Map<String, String>>) constructor.newInstance()).call();
        }
    }

    private static URLClassLoader loaderWithout(Predicate<String> hidden) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String path : classPath.split(File.pathSeparator)) {
            if (!hidden.test(new File(path).getName())) {
                urls.add(new File(path).toURI().toURL());
            }
        }
        return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    /** What the package does, told in strings, which all class loaders share. */
    static final class Observer implements Callable<Map<String, String>> {

        Observer() {}

        @Override
        public Map<String, String> call() {
            String lapack;
            try {
                lapack = DenseKernels.of(KernelBackend.LAPACK).toString();
            } catch (IllegalStateException e) {
                lapack = e.toString();
            }
            MatrixView matrix = MatrixView.of(new double[] {2, 0, 0, 0, 1, 0}, 2, 3);
            String spectrum =
                    Arrays.toString(GramSpectra.defaults().of(matrix).get(0).eigenvalues());
            BlasThreads limited = BlasThreads.limit(1);
            String whileLimited = String.valueOf(BlasThreads.current());
            limited.close();
            return Map.of(
                    "lapack", lapack,
                    "auto", DenseKernels.auto().backend().name(),
                    "spectrum", spectrum,
                    "threads", String.valueOf(BlasThreads.current()),
                    "threads while limited", whileLimited);
        }
    }
}
