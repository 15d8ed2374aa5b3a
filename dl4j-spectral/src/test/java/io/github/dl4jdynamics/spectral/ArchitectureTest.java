/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The floors of the module: stairs go one way. */
class ArchitectureTest {
    private static final String BASE = "io.github.dl4jdynamics.spectral";
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(BASE);

    @Test
    void math_usesNothingButTheJdkAndGuava() {
        classes()
                .that()
                .resideInAPackage(BASE + ".math..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(BASE + ".math..", "java..", "com.google.common..")
                .check(classes);
    }

    @Test
    void nd4jFloor_knowsNoDeeplearning4j() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".nd4j..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.deeplearning4j..",
                        BASE + ".oracle..",
                        BASE + ".weights..",
                        BASE + ".samediff..",
                        BASE + ".rates..",
                        BASE + ".report..")
                .check(classes);
    }

    @Test
    void openblas_isCalledByTheNd4jFloorAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".nd4j..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(classes);
    }

    @Test
    void sharedPackages_workWithoutTheSpectra() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + ".oracle..", BASE + ".rates..", BASE + ".report..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BASE + ".math..", BASE + ".nd4j..", BASE + ".weights..", BASE + ".samediff..")
                .check(classes);
    }

    @Test
    void classes_printNothing() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(classes);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(classes);
    }
}
