package dev.weir.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules that keep the house in order: who may know whom, and who owns which library. */
class ArchitectureTest {
  /** What is shipped, without tests. */
  static final JavaClasses WEIR = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .withImportOption(location -> !location.contains("-tests.jar"))
      .importPackages("dev.weir");

  private static final String[] COMMON = {
    "dev.weir.capture..",
    "dev.weir.config..",
    "dev.weir.durable..",
    "dev.weir.http..",
    "dev.weir.ledger..",
    "dev.weir.loop..",
    "dev.weir.script..",
    "dev.weir.spool..",
    "dev.weir.unit..",
    "dev.weir.wire.."
  };

  @Test
  void rolesDoNotKnowEachOther() {
    String[] roles = {"dev.weir.proxy..", "dev.weir.relay..", "dev.weir.player.."};
    for (String role : roles) {
      for (String other : roles) {
        if (!role.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(role)
              .should()
              .dependOnClassesThat()
              .resideInAPackage(other)
              .check(WEIR);
        }
      }
    }
  }

  @Test
  void commonKnowsNoRole() {
    noClasses()
        .that()
        .resideInAnyPackage(COMMON)
        .should()
        .dependOnClassesThat(resideInAPackage("dev.weir..").and(not(resideInAnyPackage(COMMON))))
        .check(WEIR);
  }

  @Test
  void nothingShippedKnowsTheTests() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.weir.e2e..", "dev.weir.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.weir.e2e..", "dev.weir.bench..")
        .check(WEIR);
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("dev.weir.(**)").should().beFreeOfCycles().check(WEIR);
  }

  @Test
  void sqlIsKnownToSqliteClassesOnly() {
    noClasses()
        .that(not(simpleNameStartingWith("Sqlite")).and(not(resideInAPackage("dev.weir.e2e.."))))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.sqlite..")
        .check(WEIR);
  }

  @Test
  void luaIsKnownToScriptsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.weir.script..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.luaj..")
        .check(WEIR);
  }

  @Test
  void noNameIsEmptyOfMeaning() {
    noClasses()
        .that()
        .resideInAPackage("dev.weir..")
        .should()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .check(WEIR);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(WEIR.stream()
            .map(JavaClass::getPackage)
            .filter(each -> !each.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
            .map(JavaPackage::getName)
            .distinct())
        .isEmpty();
  }
}
